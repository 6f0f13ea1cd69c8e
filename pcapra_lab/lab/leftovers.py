"""What crashes leave behind, and how each thing is mended.

Looking starts no daemon and touches nothing. Mending looks again first: what somebody took up
meanwhile is no leftover any more.
"""

import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.daemons import await_true, start_time
from pcapra_lab.lab.files import read_json
from pcapra_lab.lab.hypervisor import Hypervisor, Machine
from pcapra_lab.lab.images.bootstrap import build_environment
from pcapra_lab.lab.images.store import remove_tree
from pcapra_lab.lab.lock import HolderKind, LabLock, in_use_by
from pcapra_lab.lab.memory import AWAKE, QemuProcess, domain_prefix, qemu_processes

END_SECONDS = 10.0
"""QEMU ends at once when it is asked to; a frozen one never does."""
_DOMAIN = re.compile(r"^pcapra-[0-9a-f]{6}-(?P<lab>[a-z0-9-]+)-(?P<vm>[a-z0-9]+)$")
_BUILD = re.compile(r"^(\.|pcapra-)build-(?P<pid>\d+)-")
_SCRATCH = re.compile(r"^\..+\.(?P<pid>\d+)$")


class Kind(StrEnum):
    """What was left. Values are stored and given to programs; ``word`` is shown."""

    MACHINE = N_("machine")
    PROCESS = N_("processus")
    DAEMON = N_("démon")
    BUILD = N_("construction")
    FILE = N_("fichier")

    @property
    def word(self) -> str:
        """For the person."""
        return _(self.value)


@dataclass(frozen=True, slots=True)
class Leftover:
    """One thing that nothing uses any more."""

    kind: Kind
    what: str
    """In words, with its name, number or path."""
    mend: Callable[[], None] = field(repr=False, compare=False)
    """Removes it, if it still is a leftover. Raises ``LabError``."""
    size: int = 0
    """Bytes of disk or memory that come back; 0 when it is not worth a figure."""


def on_disk(installation: Installation) -> list[Leftover]:
    """What lies in this installation's folders. To be looked for before a daemon is started."""
    return [*_daemon(installation), *_builds(installation), *_files(installation)]


def on_daemon(installation: Installation, hypervisor: Hypervisor) -> list[Leftover]:
    """Machines and QEMUs of labs that are gone, or that were lost from sight."""
    # In this order: what starts between the two looks is known to the second.
    running = qemu_processes()
    machines = hypervisor.machines()
    return [
        *_machines(installation, machines),
        *_processes(installation, machines, running),
    ]


# -- machines -------------------------------------------------------------------------------


def _machines(installation: Installation, machines: Sequence[Machine]) -> Iterator[Leftover]:
    for machine in machines:
        lab = _lab_of(installation, machine.name)
        if lab is not None and not (installation.paths.labs / lab).exists():
            yield Leftover(
                Kind.MACHINE,
                _("{name} : le dossier de son laboratoire n'existe plus").format(name=machine.name),
                partial(_forget_machine, installation, lab, machine.name),
            )


def _lab_of(installation: Installation, domain: str) -> str | None:
    """The lab a domain's name says it is of, if it is one of this installation's."""
    match = _DOMAIN.match(domain)
    if match is None:
        return None
    prefix = domain_prefix(match["lab"], str(installation.paths.data))
    return match["lab"] if domain == f"{prefix}{match['vm']}" else None


def _forget_machine(installation: Installation, lab: str, domain: str) -> None:
    with connection(installation) as hypervisor:
        # Making a lab begins with its folder.
        if (installation.paths.labs / lab).exists():
            return
        hypervisor.destroy(domain)
        hypervisor.undefine(domain)


# -- QEMU processes -------------------------------------------------------------------------


def _processes(
    installation: Installation, machines: Sequence[Machine], running: Sequence[QemuProcess]
) -> Iterator[Leftover]:
    known = {machine.name for machine in machines if machine.power in AWAKE}
    for process in running:
        lab = _lab_on(installation, process)
        if lab is None or process.domain in known or in_use_by(installation.paths.labs / lab):
            continue
        yield Leftover(
            Kind.PROCESS,
            _(
                "QEMU {pid} tient des disques du laboratoire {lab}, et le démon libvirt "
                "ne le connaît pas"
            ).format(pid=process.pid, lab=lab),
            partial(_end_process, installation, lab, process),
            process.held_mib * 2**20,
        )


def _lab_on(installation: Installation, process: QemuProcess) -> str | None:
    """The lab whose disks a QEMU has, if it is one of this installation's."""
    labs = installation.paths.labs
    for root in {str(labs), str(labs.resolve())}:
        inside = re.compile(re.escape(f"{root}/") + r"(?P<lab>[^/]+)/")
        for argument in process.arguments:
            if match := inside.search(argument):
                return match["lab"]
    return None


def _end_process(installation: Installation, lab: str, process: QemuProcess) -> None:
    with _nobody_on(installation, lab), connection(installation) as hypervisor:
        if hypervisor.power(process.domain) in AWAKE:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if start_time(process.pid) != process.started:
                return
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)
            if await_true(lambda: start_time(process.pid) != process.started, timeout=END_SECONDS):
                return
    raise LabError(
        _("QEMU {pid} ne s'arrête pas, même par SIGKILL").format(pid=process.pid),
        hint=_("son disque ne répond peut-être plus : redémarrez l'ordinateur"),
    )


# -- daemons we started ---------------------------------------------------------------------


def _daemon(installation: Installation) -> Iterator[Leftover]:
    if found := _dead_daemon(installation):
        yield Leftover(Kind.DAEMON, found, partial(_clear_daemon, installation))


def _dead_daemon(installation: Installation) -> str:
    """What a daemon of ours that died left, in words; empty when nothing."""
    if installation.daemons.running():
        return ""
    recorded = read_json(installation.paths.state / "daemons.json") or []
    if any(start_time(one["pid"]) == one["started"] for one in recorded):
        return ""
    # It holds the state of machines that run: a new daemon takes them up from there.
    if any(_lab_on(installation, process) for process in qemu_processes()):
        return ""
    folder = _runtime(installation)
    if folder is not None and folder.is_dir():
        return _("un démon libvirt s'est arrêté brutalement et a laissé {folder}").format(
            folder=folder
        )
    if recorded:
        return _("un démon libvirt s'est arrêté brutalement, il est encore inscrit")
    return ""


def _clear_daemon(installation: Installation) -> None:
    if _dead_daemon(installation):
        installation.daemons.stop_ours()


def _runtime(installation: Installation) -> Path | None:
    """The session daemon's short folder; None when the daemon is the system's."""
    socket = installation.daemons.uri.partition("socket=")[2]
    # …/run/libvirt/libvirt-sock, see ``Daemons``.
    return Path(socket).parents[2] if socket else None


# -- files ----------------------------------------------------------------------------------


def _builds(installation: Installation) -> Iterator[Leftover]:
    scratch = Path(build_environment()["TMPDIR"])
    for folder in sorted(
        [*installation.paths.images.glob(".build-*"), *scratch.glob("pcapra-build-*")]
    ):
        if _is_abandoned(folder):
            yield Leftover(
                Kind.BUILD,
                _("construction d'image interrompue : {folder}").format(folder=folder),
                partial(_remove_build, folder),
                tree_bytes(folder),
            )


def _is_abandoned(folder: Path) -> bool:
    """Whether the builder that a scratch folder names is gone.

    See ``Store.building`` (``.build-PID-…``) and ``bootstrap.build_scratch``
    (``pcapra-build-PID-…``, in a folder shared with other accounts).
    """
    match = _BUILD.match(folder.name)
    if match is None or folder.lstat().st_uid != os.geteuid():
        return False
    return start_time(int(match["pid"])) is None and not _is_named_by_a_process(folder)


def _is_named_by_a_process(folder: Path) -> bool:
    """Whether a builder's child outlived it and still works there."""
    name = os.fsencode(folder)
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if name in (process / "cmdline").read_bytes():
                return True
    return False


def _remove_build(folder: Path) -> None:
    with suppress(FileNotFoundError):
        if _is_abandoned(folder):
            remove_tree(folder)


def _files(installation: Installation) -> Iterator[Leftover]:
    paths = installation.paths
    for folder in (paths.data, paths.state):
        for path in sorted(folder.glob("*")):
            if path.is_file() and _is_scratch(path):
                yield _file(path, partial(_remove_scratch, path))
    for lab in sorted(p for p in paths.labs.glob("*") if p.is_dir()):
        if in_use_by(lab):
            continue
        # A lab's folder and its machines'.
        for path in sorted([*lab.glob("*"), *lab.glob("*/*")]):
            if path.is_file() and (path.suffix == ".new" or _is_scratch(path)):
                yield _file(path, partial(_remove_lab_file, installation, lab.name, path))


def _file(path: Path, mend: Callable[[], None]) -> Leftover:
    size = path.stat().st_blocks * 512
    return Leftover(Kind.FILE, _("écriture interrompue : {path}").format(path=path), mend, size)


def _is_scratch(path: Path) -> bool:
    """Whether it is the scratch file of a writer that is gone, see ``files.write_atomic``."""
    match = _SCRATCH.match(path.name)
    return match is not None and start_time(int(match["pid"])) is None


def _remove_scratch(path: Path) -> None:
    if _is_scratch(path):
        path.unlink(missing_ok=True)


def _remove_lab_file(installation: Installation, lab: str, path: Path) -> None:
    with _nobody_on(installation, lab):
        if path.suffix == ".new" or _is_scratch(path):
            path.unlink(missing_ok=True)


def tree_bytes(folder: Path) -> int:
    """Disk that a folder takes, as far as this account may see."""
    total = 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).lstat().st_blocks * 512
    return total


# -- keeping others out while mending -------------------------------------------------------


@contextmanager
def _nobody_on(installation: Installation, lab: str) -> Iterator[None]:
    """The lab's lock, where it has a folder to lock.

    Raises:
        LabBusy: somebody took the lab up since the look.
    """
    folder = installation.paths.labs / lab
    if not folder.is_dir():
        yield
        return
    with LabLock(folder, HolderKind.COMMAND):
        yield


@contextmanager
def connection(installation: Installation) -> Iterator[Hypervisor]:
    """A connection; a daemon started for it is stopped again if nothing runs on it."""
    was_running = installation.daemons.running()
    hypervisor = installation.daemons.connect()
    try:
        yield hypervisor
    finally:
        hypervisor.close()
        if not was_running:
            installation.daemons.stop_if_idle()
