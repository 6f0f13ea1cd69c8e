"""What an exercise leaves behind: nothing, once its lab is reset."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import CommandResult

TIMEOUT = 180.0
"""Seconds that an inventory may take: tens of thousands of files, perhaps under emulation."""
LIMIT = 64 * 2**20
"""Bytes of an inventory, unpacked: what a guest sends is not trusted to be small."""
VOLATILE = (
    "/dev",
    "/lost+found",
    "/proc",
    "/run",
    "/sys",
    "/tmp",  # noqa: S108
    "/var/cache",
    "/var/lib/apt",
    "/var/lib/dhcp",
    "/var/lib/dpkg",
    "/var/lib/logrotate",
    "/var/lib/systemd",
    "/var/lib/ucf",
    "/var/log",
    "/var/spool/anacron",
    "/var/tmp",  # noqa: S108
)
"""What a running Debian changes by itself; dpkg's own files are told by its packages."""
_SHOWN = 5
# Made by the system as it goes: transient services, a login's manager.
_PASSING_UNITS = re.compile(r"^(run-|user@|user-runtime-dir@|session-|systemd-.*\.service active$)")


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a machine holds."""

    files: Mapping[str, str]
    """By path: kind, permissions, owners; of a file its size, date and target too."""
    packages: frozenset[str]
    units: frozenset[str]
    """Unit files with their state, and the units that are active."""

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        data = asdict(self)
        return {name: data[name] if name == "files" else sorted(data[name]) for name in data}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Inventory":
        """From a file."""
        return cls(data["files"], frozenset(data["packages"]), frozenset(data["units"]))


def command(volatile: Iterable[str], root: str = "/") -> tuple[list[str], bytes]:
    """The command that tells a machine's inventory, and its standard input."""
    return ["/bin/bash", "-s", "--", root, *VOLATILE, *volatile], _script()


def read(vm: str, result: CommandResult) -> Inventory:
    """The inventory that the command told.

    Raises:
        VmError: it failed, or its answer makes no sense.
    """
    said = result.stderr.decode(errors="replace").strip().splitlines()
    hint = _("relancez le rejeu ; --discard recommence sur des machines neuves")
    if result.exit_status != 0:
        reason = said[-1] if said else f"code {result.exit_status}"
        raise VmError(vm, _("l'inventaire a échoué : {reason}").format(reason=reason), hint=hint)
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        text = unpacker.decompress(result.stdout, LIMIT).decode(errors="backslashreplace")
        if not unpacker.eof:
            raise ValueError(_("coupé"))
        listed, packages, units, rest = text.split("\1")
        pairs = (entry.rpartition("\t") for entry in _entries(listed))
        found = {path: stamp for path, _, stamp in pairs}
    except (zlib.error, ValueError) as error:
        raise VmError(
            vm, _("l'inventaire est illisible ({error})").format(error=error), hint=hint
        ) from error
    kept = (unit for unit in _entries(units) if not _PASSING_UNITS.match(unit))
    if rest or not found:
        raise VmError(vm, _("l'inventaire est illisible"), hint=hint)
    return Inventory(found, frozenset(_entries(packages)), frozenset(kept))


def leaks(before: Mapping[str, Inventory], after: Mapping[str, Inventory]) -> list[str]:
    """What differs on each machine, in words; empty when nothing does."""
    return [
        _("{vm} : {kind} {found}").format(vm=vm, kind=kind, found=", ".join(found[:_SHOWN]))
        + (_("… ({count} en tout)").format(count=len(found)) if len(found) > _SHOWN else "")
        for vm in before
        for kind, found in _differences(before[vm], after[vm])
        if found
    ]


def _differences(before: Inventory, after: Inventory) -> Iterator[tuple[str, list[str]]]:
    old, new = before.files, after.files
    yield _("fichiers en plus"), sorted(new.keys() - old.keys())
    yield _("fichiers en moins"), sorted(old.keys() - new.keys())
    yield _("fichiers changés"), sorted(p for p in old.keys() & new.keys() if old[p] != new[p])
    yield _("paquets en plus"), sorted(after.packages - before.packages)
    yield _("paquets en moins"), sorted(before.packages - after.packages)
    yield _("unités en plus"), sorted(after.units - before.units)
    yield _("unités en moins"), sorted(before.units - after.units)


def _entries(text: str) -> Iterator[str]:
    return (entry for entry in text.split("\0") if entry)


@cache
def _script() -> bytes:
    return files("pcapra_lab.session.guest").joinpath("inventory.sh").read_bytes()
