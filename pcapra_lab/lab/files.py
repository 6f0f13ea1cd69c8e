"""Small files that survive a kill: written beside, flushed, renamed into place."""

import json
import os
from pathlib import Path
from typing import Any

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _


def write_atomic(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace ``path`` with ``text``, or leave it as it was.

    Raises:
        NotWritten: the host's disk refused.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(path)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise not_written(path, error) from error


def write_json(path: Path, data: Any) -> None:
    """``write_atomic`` of JSON."""
    write_atomic(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any | None:
    """The JSON in ``path``; None when there is no such file.

    Raises:
        LabError: the file is not JSON.
    """
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise LabError(
            _("{path} est illisible ({error})").format(path=path, error=error),
            hint=_("déplacez ce fichier ailleurs ({path}) et relancez").format(path=path),
        ) from error
