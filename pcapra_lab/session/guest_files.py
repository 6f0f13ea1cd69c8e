"""Text files on a VM, read and written as root."""

from pathlib import PurePosixPath

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.commands import Commands
from pcapra_lab.session.api import RemoteFile

LIMIT = 2**20
_ABSENT = 44
_READ = f'[ -e "$1" ] || exit {_ABSENT}; exec head -c {LIMIT + 1} -- "$1"'
_WRITE = (
    'set -e; mkdir -p -- "$2"; scratch=$(mktemp -- "$2/.pcapra.XXXXXX"); '
    'trap \'rm -f -- "$scratch"\' EXIT; cat > "$scratch"; chmod -- "$3" "$scratch"; '
    'mv -fT -- "$scratch" "$1"'
)


def read_file(link: Commands, path: str) -> RemoteFile:
    """The file as it is now.

    Raises:
        VmError: unreachable, not text, or larger than ``LIMIT`` bytes.
    """
    vm = link.vm
    result = link.run(["sh", "-c", _READ, "sh", path], timeout=60)
    if result.exit_status == _ABSENT:
        return RemoteFile(vm, path, None)
    if result.exit_status != 0:
        reason = result.stderr.decode(errors="replace").strip()
        raise VmError(
            vm,
            _("{path} n'a pas pu être lu : {reason}").format(path=path, reason=reason),
            hint=_("est-ce un fichier ?"),
        )
    if len(result.stdout) > LIMIT:
        raise VmError(
            vm,
            _("{path} dépasse 1 Mio").format(path=path),
            hint=_("ouvrez-le dans le terminal avec less"),
        )
    try:
        return RemoteFile(vm, path, result.stdout.decode())
    except UnicodeDecodeError as error:
        raise VmError(
            vm,
            _("{path} n'est pas un fichier texte").format(path=path),
            hint=_("voyez-le avec hexdump"),
        ) from error


def write_file(link: Commands, path: str, content: str, mode: str) -> None:
    """Replace the file at once: a reader sees the old text or the new, never a part.

    Raises:
        VmError: unreachable, or the folder cannot be written.
    """
    folder = str(PurePosixPath(path).parent)
    argv = ["sh", "-c", _WRITE, "sh", path, folder, mode]
    result = link.run(argv, stdin=content.encode(), timeout=60)
    if result.exit_status != 0:
        reason = result.stderr.decode(errors="replace").strip()
        raise VmError(
            link.vm,
            _("{path} n'a pas pu être écrit : {reason}").format(path=path, reason=reason),
            hint=_("vérifiez le dossier"),
        )
