"""How a trainee edits a file on a machine: the command, as they would type it."""

import shlex
from pathlib import PurePosixPath

_OWN = PurePosixPath("/home/stagiaire")
_ANYBODYS = (PurePosixPath("/tmp"), PurePosixPath("/var/tmp"))  # noqa: S108


def edit_command(path: str) -> str:
    """Opens ``path`` in the editor of the trainee's environment, nano by default.

    As root where the trainee may not write. Not in folders that anybody writes to: sudoedit
    refuses those (sudoers(5), ``sudoedit_checkdir``).
    """
    folders = PurePosixPath(path).parents
    if _OWN in folders or any(folder in folders for folder in _ANYBODYS):
        return f"${{EDITOR:-nano}} {shlex.quote(path)}"
    return f"sudoedit {shlex.quote(path)}"
