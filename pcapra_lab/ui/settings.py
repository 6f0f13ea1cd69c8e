"""Preferences at work in the app."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.preferences import Look, Preferences, PreferenceStore
from pcapra_lab.ui.theme import THEMES

if TYPE_CHECKING:
    from textual.app import App


class Settings:
    """Applies preferences to ``app``, and keeps those that change."""

    def __init__(self, app: "App[None]", store: PreferenceStore) -> None:
        self._app = app
        self._store = store

    @property
    def preferences(self) -> Preferences:
        """The preferences now."""
        return self._store.current

    @property
    def celebrates(self) -> bool:
        """Steps are celebrated: the trainee likes it, and motion is not reduced."""
        return self.preferences.celebrate and self._app.animation_level == "full"

    def apply(self) -> None:
        """Make the themes known, and use the preferred one."""
        for theme in THEMES.values():
            self._app.register_theme(theme)
        self._app.theme = THEMES[self.preferences.look].name

    def look(self, look: Look) -> None:
        """Change the colours and keep the choice."""
        self._keep(replace(self.preferences, look=look))
        self._app.theme = THEMES[look].name

    def toggle_celebrations(self) -> None:
        """Celebrate from now on, or no longer; keep the choice."""
        celebrate = not self.preferences.celebrate
        self._keep(replace(self.preferences, celebrate=celebrate))
        self._app.notify(
            _("Les étapes réussies seront fêtées.")
            if celebrate
            else _("Les étapes réussies ne seront plus fêtées."),
            timeout=3,
        )

    def _keep(self, preferences: Preferences) -> None:
        try:
            self._store.keep(preferences)
        except LabError as error:
            text = f"{error.message}\n{error.hint}"
            self._app.notify(text, severity="warning", markup=False)
