"""Drives the app as a trainee would, and waits for what is awaited, never for time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fake_application import FakeApplication
from fake_clock import FakeClock
from fakes_session import FakeSession
from textual.css.query import NoMatches
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from pcapra_lab.session.preferences import PreferenceStore
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.terminal import TerminalPane

M = TypeVar("M", bound=Message)

DEADLINE = 10.0
"""Seconds after which what is awaited is declared missing."""


def pasted(text: str) -> bytes:
    """``text`` as a prompt that knows bracketed paste receives it."""
    return f"\x1b[200~{text}\x1b[201~".encode()


def held_pacing(clock: FakeClock, surprise: float = 0.0, prompt: float = 0.5) -> Pacing:
    """No ticking, and no waiting between attempts.

    Args:
        clock: that tests move.
        surprise: of ``Pacing``; by default a step that comes by itself is known at once.
        prompt: of ``Pacing``; short, for tests where no prompt comes.
    """
    return Pacing(
        clock=clock,
        watch=0.0,
        watch_share=0.9,
        reconnect=(0.01,),
        tick=3600.0,
        toast=3600.0,
        prompt=prompt,
        surprise=surprise,
    )


@dataclass
class Trainee:
    """A trainee in front of the app."""

    app: PcapraApp
    pilot: Pilot[None]
    session: FakeSession
    clock: FakeClock
    messages: list[Message] = field(default_factory=list)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the app work until ``condition``; ``what`` names it when it never comes."""
        end = asyncio.get_running_loop().time() + DEADLINE
        while not self._holds(condition):
            assert asyncio.get_running_loop().time() < end, f"never came: {what}"
            await self.pilot.pause()

    @staticmethod
    def _holds(condition: Callable[[], object]) -> bool:
        try:
            return bool(condition())
        except NoMatches:
            return False

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def lesson(self) -> LessonScreen:
        assert isinstance(self.app.screen, LessonScreen), self.app.screen
        return self.app.screen

    async def dialog(self, kind: type[Dialog[Any]]) -> None:
        """Wait for a dialog, laid out and ready for keys."""
        await self.until(
            lambda: isinstance(self.app.screen, kind) and self.app.focused is not None,
            kind.__name__,
        )

    def text(self, selector: str) -> str:
        """Plain text of all ``Static`` widgets under ``selector`` on the current screen."""
        root = self.app.screen.query_one(selector)
        widgets = [*([root] if isinstance(root, Static) else []), *root.query(Static)]
        return "\n".join(str(widget.content) for widget in widgets)

    @property
    def toasts(self) -> str:
        """The toasts on screen, a line each: title, bar, message."""
        return "\n".join(f"{note.title} | {note.message}" for note in self.app._notifications)

    def notified(self, words: str) -> bool:
        """Whether a toast on screen says those words."""
        return words in self.toasts

    def posted(self, kind: type[M]) -> list[M]:
        """Messages of a kind seen so far."""
        return [message for message in self.messages if isinstance(message, kind)]

    def received(self, vm: str) -> bytes:
        """What a machine's shell received."""
        return bytes(self.session.shells[vm].received)

    async def click_words(self, selector: str, words: str) -> None:
        """Click on ``words``, in a line that toasts may lie over for a while."""
        self.app.clear_notifications()
        line = self.app.screen.query_one(selector)

        def bare() -> bool:
            return self.app.screen.get_widget_at(*line.region.offset)[0] is line

        await self.until(bare, f"{selector}, under no toast")
        shown = [strip.text for strip in line.render_lines(line.size.region)]
        row = next(number for number, text in enumerate(shown) if words in text)
        await self.pilot.click(line, offset=(shown[row].index(words) + 1, row))

    async def open_lesson(self) -> None:
        """From home: open the lesson to resume, and wait for both shells."""
        await self.until(lambda: self.app.focused is not None, "home")
        await self.press("enter")
        await self.until(
            lambda: [p for p in self.app.screen.query(TerminalPane) if p.connected][1:], "shells"
        )
        if self.session.state().current_step is not None:
            # Not only "nothing runs": a slow host may not have begun the look yet.
            # Asked of the session: a snapshot's app has no hook for messages.
            await self.until(lambda: "look" in self.session.calls, "look")
        await self.until(lambda: not self.lesson.checks.busy, "first look")

    async def open_unready(self) -> None:
        """From home: open the lesson, whose lab is not up yet."""
        await self.until(lambda: self.app.focused is not None, "home")
        await self.press("enter")
        await self.until(lambda: isinstance(self.app.screen, LessonScreen), "lesson")
        await self.until(lambda: "start" in self.session.calls, "start")


@asynccontextmanager
async def trainee(
    session: FakeSession | None = None,
    size: tuple[int, int] = (120, 40),
    application: FakeApplication | None = None,
    preferences: PreferenceStore | None = None,
    surprise: float = 0.0,
    prompt: float = 0.5,
) -> AsyncIterator[Trainee]:
    """The app on its home screen."""
    application = application or FakeApplication(session or FakeSession())
    clock = FakeClock()
    app = PcapraApp(application, held_pacing(clock, surprise, prompt), preferences)
    messages: list[Message] = []
    async with app.run_test(size=size, message_hook=messages.append, notifications=True) as pilot:
        try:
            yield Trainee(app, pilot, application.session, clock, messages)
        finally:
            # Whatever a test leaves waiting must not outlive it, above all one that failed:
            # the app would wait for its threads for ever.
            application.session.holds.set()
            application.session.solves.set()
            application.session.heard.set()
