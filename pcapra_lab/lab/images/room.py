"""A build program that finds no room: where that is, and the way out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.process import ProcessFailed

# As the C library words ENOSPC and EDQUOT, and as APT does before it downloads.
_SAID = ("No space left on device", "Disk quota exceeded", "enough free space in")


@contextmanager
def room_watched(folders: Mapping[Path, str]) -> Iterator[Callable[[str], None]]:
    """What to tell the program's lines to; its failure for want of room says where that was.

    Args:
        folders: where the program writes, with the variable that places each elsewhere.

    Raises:
        EnvironmentProblem: in place of a failure, when a line told of no room.
    """
    full: list[Path] = []

    def hear(line: str) -> None:
        if not full and any(words in line for words in _SAID):
            # At once: the program tidies up before it ends.
            full.append(min(folders, key=free_disk_mib))

    try:
        yield hear
    except ProcessFailed as error:
        if not full:
            raise
        raise EnvironmentProblem(
            error.message,
            hint=_(
                "il n'y a plus de place dans {folder} : libérez-en, ou choisissez un dossier d'un "
                "autre disque avec {variable}, puis relancez"
            ).format(folder=full[0], variable=folders[full[0]]),
        ) from error
