"""What the trainee prefers, kept between sittings in the configuration folder."""

import os
from enum import StrEnum
from pathlib import Path

from platformdirs import PlatformDirs
from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import write_atomic
from pcapra_lab.lab.paths import APP


class Look(StrEnum):
    """How the interface is coloured."""

    DARK = "sombre"
    LIGHT = "clair"
    CONTRAST = "contraste"


class Preferences(BaseModel):
    """All preferences. Keys of a newer program are passed over."""

    model_config = ConfigDict(frozen=True)

    look: Look = Look.DARK
    celebrate: bool = True
    """A step that turns green is celebrated."""


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
                self._current = Preferences.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
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
            write_atomic(self._path, preferences.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise LabError(
                _("Cette préférence ne sera pas gardée : {path} ({strerror}).").format(
                    path=self._path, strerror=error.strerror
                ),
                hint=_("Vérifiez les droits de ce dossier et la place sur le disque."),
            ) from error
