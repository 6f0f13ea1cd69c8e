"""Small files that survive a kill: written beside, flushed, renamed into place."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from pcapra_lab.errors import EnvironmentProblem, LabError
from pcapra_lab.i18n import _


class NotWritten(EnvironmentProblem):
    """The host's disk is full, read-only, or not this account's.

    Args:
        why: in the system's words.
    """

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            _("{path} ne peut pas être écrit ({why})").format(path=path, why=why),
            hint=_(
                "libérez de la place (pcapra-lab image prune) ou vérifiez les droits ; "
                "PCAPRA_HOME=DOSSIER place tout ailleurs"
            ),
        )
        self.why = why


def write_atomic(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace ``path`` with ``text``, or leave it as it was. Raises ``OSError``."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(path)
    except OSError:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Any) -> None:
    """``write_atomic`` of JSON.

    Raises:
        NotWritten: the host's disk refused.
    """
    try:
        write_atomic(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise NotWritten(path, error.strerror or str(error)) from error


def read_json(path: Path) -> Any | None:
    """The JSON in ``path``; None when there is no such file.

    Raises:
        LabError: the file is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise LabError(
            _("{path} est illisible ({error})").format(path=path, error=error),
            hint=_("déplacez ce fichier ailleurs ({path}) et relancez").format(path=path),
        ) from error
