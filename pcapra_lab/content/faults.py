"""The faults there are, as data: what a trainer types and what a drill declares."""

import re
from abc import abstractmethod
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pcapra_lab.content.base import Strict, VmName
from pcapra_lab.i18n import FRENCH, _

MAX_JUMP_SECONDS = 10 * 365 * 86400
"""Ten years: beyond, certificates and file systems tell more about themselves than the lesson."""
_UNIT = re.compile(r"[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*")
"""Characters of a unit name, systemd.unit(5)."""
_KERNEL_TREES = ("/proc", "/sys", "/dev")


def _service(name: str) -> str:
    unit = name if name.endswith(".service") else f"{name}.service"
    if not _UNIT.fullmatch(unit) or len(unit) > 255 or unit == ".service":
        raise ValueError(_("nom d'unité systemd attendu, comme « cron » ou « nginx.service »"))
    if re.search(r"\.(socket|timer|target|mount|path|slice|scope|device|swap)\.service$", unit):
        raise ValueError(_("seul un service a des processus à tuer"))
    if unit.startswith("pcapra-"):
        raise ValueError(_("ce service est celui par lequel le laboratoire tient la machine"))
    return unit


def _path(value: str) -> str:
    parts = PurePosixPath(value).parts
    if not value.startswith("/") or ".." in parts or any(ord(c) < 32 for c in value):
        raise ValueError(_("un chemin absolu, sans « .. », est attendu"))
    normal = "/" + str(PurePosixPath(*parts)).lstrip("/")
    if any(normal == tree or normal.startswith(f"{tree}/") for tree in _KERNEL_TREES):
        raise ValueError(_("ce chemin est tenu par le noyau : aucun disque n'est derrière"))
    return normal


Unit = Annotated[str, AfterValidator(_service)]
"""A systemd service; ``.service`` may be left out."""
FaultPath = Annotated[str, AfterValidator(_path)]
"""An absolute path in a machine, on a real file system."""


class BaseFault(Strict):
    """What all faults have in common. Immutable."""

    in_guest: ClassVar[bool] = True
    """Done inside the machines, over the lab's SSH access; otherwise by the hypervisor."""
    survives_boot: ClassVar[bool] = False
    """Still there after the machine was started again from its disks."""
    lift_rank: ClassVar[int] = 0
    """Lowest first: machines answer before they are mended, services start on a mended system."""

    @property
    @abstractmethod
    def vms(self) -> tuple[str, ...]:
        """The machines it touches."""

    @abstractmethod
    def label(self) -> str:
        """The fault in French, as in « coupure de courant de lb1 »."""

    @abstractmethod
    def slot(self) -> str:
        """What it occupies: two faults on one slot could not be told apart, nor undone."""


class OneVm(BaseFault):
    """A fault of one machine."""

    vm: VmName

    @property
    def vms(self) -> tuple[str, ...]:
        """See ``BaseFault.vms``."""
        return (self.vm,)


class PowerCut(OneVm):
    """The machine loses power: memory is lost, disks keep what had reached them."""

    in_guest = False
    kind: Literal["power-cut"]

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("coupure de courant de {vm}").format(vm=self.vm)

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/power"


class Freeze(OneVm):
    """The machine stands still, its clock too: it answers nothing and does not know it."""

    in_guest = False
    lift_rank = 1
    kind: Literal["freeze"]

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("gel de {vm}").format(vm=self.vm)

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/power"


class LinkDown(OneVm):
    """The cable of eth0 is pulled out: the machine sees its link go down."""

    in_guest = False
    lift_rank = 2
    kind: Literal["link-down"]

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("câble réseau de {vm} débranché").format(vm=self.vm)

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/link"


class Netem(OneVm):
    """What the machine sends on eth0 is late or lost (tc-netem(8)). What it receives is not."""

    lift_rank = 7
    kind: Literal["netem"]
    loss: float = Field(default=0.0, ge=0, le=100)
    """Percent of the packets."""
    delay_ms: int = Field(default=0, ge=0, le=60_000)
    jitter_ms: int = Field(default=0, ge=0, le=60_000)
    """The delay varies by that much either way."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.loss and not self.delay_ms:
            raise ValueError(_("une perte ou un délai est attendu"))
        if self.jitter_ms > self.delay_ms:
            raise ValueError(_("la gigue ne peut pas dépasser le délai"))
        return self

    def label(self) -> str:
        """See ``BaseFault.label``."""
        what = [_("perte {loss} %").format(loss=_figure(self.loss))] if self.loss else []
        if self.delay_ms:
            jitter = f" ± {self.jitter_ms} ms" if self.jitter_ms else ""
            what.append(
                _("délai {delay_ms} ms{jitter}").format(delay_ms=self.delay_ms, jitter=jitter)
            )
        return _("réseau de {vm} dégradé ({what})").format(vm=self.vm, what=", ".join(what))

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/netem"


class ServiceKill(OneVm):
    """All processes of a service are killed at once (kill -9)."""

    lift_rank = 8
    kind: Literal["service-kill"]
    unit: Unit

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("arrêt brutal de {unit} sur {vm} (kill -9)").format(unit=self.unit, vm=self.vm)

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/service/{self.unit}"


class DiskFull(OneVm):
    """Not a block is left on the file system that holds ``path``, not even for root."""

    survives_boot = True
    lift_rank = 4
    kind: Literal["disk-full"]
    path: FaultPath = "/"
    """A folder of that file system, such as its mount point."""

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("disque plein sur {vm} ({path})").format(vm=self.vm, path=self.path)

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/disk/{self.path}"


class FileCorruption(OneVm):
    """Bytes of a file change under its owner's feet; size and dates stay as they were."""

    survives_boot = True
    lift_rank = 5
    kind: Literal["file-corruption"]
    path: FaultPath
    length: int = Field(default=64, ge=8, le=4096)
    """Bytes in a row; every one of them changes. A shorter file changes whole."""
    seed: int = Field(default=0, ge=0, le=2**31)
    """Decides where in the file, and into what."""

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("corruption de {path} sur {vm} ({length} octets)").format(
            path=self.path, vm=self.vm, length=self.length
        )

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/file/{self.path}"


class ClockJump(OneVm):
    """The machine's clock jumps, forward or backward."""

    lift_rank = 3
    kind: Literal["clock-jump"]
    seconds: int = Field(ge=-MAX_JUMP_SECONDS, le=MAX_JUMP_SECONDS)

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.seconds:
            raise ValueError(_("un saut d'au moins une seconde est attendu"))
        return self

    def label(self) -> str:
        """See ``BaseFault.label``."""
        way = _("avancée") if self.seconds > 0 else _("reculée")
        return _("horloge de {vm} {way} de {duration_words}").format(
            vm=self.vm, way=way, duration_words=duration_words(abs(self.seconds))
        )

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        return f"{self.vm}/clock"


class Partition(BaseFault):
    """Two groups of machines no longer hear one another on the segment, not even ARP."""

    lift_rank = 6
    kind: Literal["partition"]
    a: list[VmName] = Field(min_length=1)
    b: list[VmName] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [*self.a, *self.b]
        if len(set(names)) != len(names):
            raise ValueError(_("une machine ne peut être citée qu'une fois, d'un seul côté"))
        return self

    @property
    def vms(self) -> tuple[str, ...]:
        """See ``BaseFault.vms``."""
        return (*self.a, *self.b)

    def across(self, vm: str) -> list[str]:
        """The machines on the other side of ``vm``."""
        return self.b if vm in self.a else self.a

    def label(self) -> str:
        """See ``BaseFault.label``."""
        return _("réseau coupé entre {enumerate} d'un côté, {enumerate_2} de l'autre").format(
            enumerate=_enumerate(self.a), enumerate_2=_enumerate(self.b)
        )

    def slot(self) -> str:
        """See ``BaseFault.slot``."""
        sides = sorted(",".join(sorted(side)) for side in (self.a, self.b))
        return f"partition/{'|'.join(sides)}"


FaultSpec = Annotated[
    PowerCut
    | Freeze
    | LinkDown
    | Netem
    | ServiceKill
    | DiskFull
    | FileCorruption
    | ClockJump
    | Partition,
    Field(discriminator="kind"),
]


def duration_words(seconds: float) -> str:
    """A length of time with its two largest units: « 2 h 30 min », « 45 s »."""
    rest = round(seconds)
    parts: list[str] = []
    for size, unit in ((86400, _("j")), (3600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def _figure(number: float) -> str:
    text = f"{number:g}"
    return text.replace(".", ",") if FRENCH else text


def _enumerate(names: list[str]) -> str:
    *most, last = names
    return _("{most} et {last}").format(most=", ".join(most), last=last) if most else last
