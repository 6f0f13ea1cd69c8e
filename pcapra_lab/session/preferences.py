"""What the trainee prefers, kept between sittings in the configuration folder."""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from platformdirs import PlatformDirs

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import write_atomic
from pcapra_lab.lab.paths import APP


class Look(StrEnum):
    """How the interface is coloured."""

    DARK = "sombre"
    LIGHT = "clair"
    CONTRAST = "contraste"


@dataclass(frozen=True, slots=True)
class Preferences:
    """All preferences. No pydantic model: they are read before the first paint."""

    look: Look = Look.DARK
    celebrate: bool = True
    """A step that turns green is celebrated."""

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """The preferences in a file. Keys of a newer program are passed over.

        Raises:
            ValueError: it is not JSON in UTF-8, not an object, or a value is not of its kind.
        """
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        celebrate = found.get("celebrate", cls().celebrate)
        if not isinstance(celebrate, bool):
            raise ValueError("celebrate: not a boolean")
        return cls(Look(found.get("look", cls().look)), celebrate)


def preferences_path() -> Path:
    """Where preferences are kept: under ``PCAPRA_HOME``, or in the XDG configuration folder."""
    if home := os.environ.get("PCAPRA_HOME"):
        return Path(home).absolute() / "config" / "preferences.json"
    return PlatformDirs(APP, appauthor=False).user_config_path / "preferences.json"


class PreferenceStore:
    """Preferences and their file.

    A file that cannot be read counts as none: a colour must not keep anybody from the lab.

    Args:
        path: the file; None to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._current = Preferences()
        if path is not None:
            try:
                self._current = Preferences.parse(path.read_bytes())
            except (OSError, ValueError):
                self._current = Preferences()

    @property
    def current(self) -> Preferences:
        """The preferences now."""
        return self._current

    def keep(self, preferences: Preferences) -> None:
        """Take new preferences, for now and for the next sittings.

        Raises:
            LabError: they hold for this sitting only: the file could not be written.
        """
        self._current = preferences
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, json.dumps(asdict(preferences), indent=2) + "\n")
        except OSError as error:
            raise LabError(
                _("Cette préférence ne sera pas gardée : {path} ({strerror}).").format(
                    path=self._path, strerror=error.strerror
                ),
                hint=_("Vérifiez les droits de ce dossier et la place sur le disque."),
            ) from error
