"""A run of the app with someone who presses its keys and keeps what is on its screen."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.css.query import NoMatches
from textual.pilot import Pilot

from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.terminal import TerminalPane

DOCS = Path(__file__).parents[1] / "docs"
PATIENCE = 180.0
"""Seconds after which what a picture waits for is declared missing."""


class Photographer:
    """One run of the app."""

    def __init__(self, app: PcapraApp, pilot: Pilot[None]) -> None:
        self._app, self._pilot = app, pilot

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the app work until ``condition``."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not self._holds(condition):
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"never came: {what}")
            await self._pilot.pause(0.1)

    @staticmethod
    def _holds(condition: Callable[[], object]) -> bool:
        try:
            return bool(condition())
        except NoMatches:
            return False

    async def press(self, *keys: str) -> None:
        """Keys, as a trainee presses them."""
        await self._pilot.press(*keys)
        await self._pilot.pause()

    async def home(self) -> None:
        """The home screen, its figures read."""
        await self.until(lambda: self._app.focused is not None, "home")
        loading = self._app.screen.query
        await self.until(lambda: not loading("#loading"), "the course")

    async def lesson(self) -> None:
        """The lesson, its shells connected and its checks looked at."""
        await self.press("enter")
        panes = self._app.screen.query
        await self.until(lambda: [p for p in panes(TerminalPane) if p.connected][1:], "shells")
        await self.until(lambda: not self._lesson.checks.busy, "the first look")

    async def leave(self) -> None:
        """Home again, the machines left running: the next application opens the same lab."""
        await self.press("f9")
        await self.until(lambda: isinstance(self._app.screen, Dialog), "the question")
        await self.press("l")
        await self.until(lambda: isinstance(self._app.screen, HomeScreen), "the way home")

    async def type(self, text: str, then: str) -> None:
        """A command in the shell, until ``then`` is on its screen."""
        await self.press("f3")
        pane = self._app.screen.query(TerminalPane).first()
        await self.until(lambda: pane.type_text(text, run=True), "the shell")
        await self.until(lambda: then in pane.history_text, then)
        await self.press("f12")

    @property
    def _lesson(self) -> LessonScreen:
        screen = self._app.screen
        if not isinstance(screen, LessonScreen):
            raise TypeError(f"not a lesson: {screen}")
        return screen

    def words(self) -> str:
        """All that is on the screen."""
        strips = self._app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    def keep(self, name: str) -> None:
        """The screen as it is now."""
        self._app.clear_notifications()
        path = DOCS / f"{name}.svg"
        path.write_text(self._app.export_screenshot(title="pcapra-lab"))
        print(path.relative_to(DOCS.parent))
