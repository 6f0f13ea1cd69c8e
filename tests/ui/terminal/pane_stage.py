"""An app with a terminal pane, for tests that drive it on real shells of this machine."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import ClassVar, TypeVar

import pytest
from local_pty import LocalShell
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from pcapra_lab.terminal import Emulator
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
from pcapra_lab.ui.terminal import TerminalPane

DEADLINE = 10.0
PROMPT = "invite>"

ShellFactory = Callable[..., LocalShell]


M = TypeVar("M", bound=Message)


@pytest.fixture
def shells() -> Iterator[ShellFactory]:
    """Opens shells: bash, or another command on a PTY. All are ended, by their pids."""
    opened: list[LocalShell] = []

    def open_shell(*argv: str) -> LocalShell:
        shell = LocalShell(list(argv) or ["/bin/bash", "--norc", "--noprofile", "-i"])
        opened.append(shell)
        return shell

    yield open_shell
    for shell in opened:
        shell.close()


class PaneApp(App[None]):
    """A pane, a field, and bindings that the shell must win over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "mark", priority=True),
        Binding("f5", "mark"),
    ]

    def __init__(self, emulator: Emulator | None = None) -> None:
        super().__init__()
        self.emulator = emulator or GhosttyEmulator(80, 24)
        self.marks = 0

    def compose(self) -> ComposeResult:
        yield TerminalPane(self.emulator)
        yield Input()

    def action_mark(self) -> None:
        self.marks += 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not isinstance(self.focused, TerminalPane)


class Stage:
    """An app running, its pane, and the messages seen."""

    def __init__(self, app: PaneApp, pilot: Pilot[None], messages: list[Message]) -> None:
        self.app = app
        self.pilot = pilot
        self.messages = messages
        self.pane = app.query_one(TerminalPane)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, letting the app work."""
        deadline = time.monotonic() + DEADLINE
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"{what}: not within {DEADLINE} s\n{self.text}")
            await self.pilot.pause(0.01)

    @property
    def text(self) -> str:
        """What the pane draws."""
        rows = [self.pane.render_line(y).text.rstrip() for y in range(self.pane.size.height)]
        return "\n".join(rows)

    async def shows(self, text: str) -> None:
        """Wait until the pane draws ``text``."""
        await self.until(lambda: text in self.text, f"« {text} » on the screen")

    async def receives(self, kind: type[Message]) -> None:
        await self.until(lambda: self.seen(kind) > 0, kind.__name__)

    def seen(self, kind: type[Message]) -> int:
        return len(self.all(kind))

    def all(self, kind: type[M]) -> list[M]:
        """Messages of a kind, each once: the hook sees them at every widget they bubble to."""
        return list({id(m): m for m in self.messages if isinstance(m, kind)}.values())


@asynccontextmanager
async def stage(
    shell: LocalShell | None = None,
    *,
    emulator: Emulator | None = None,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Stage]:
    """Run an app whose pane has the focus, attached to ``shell``."""
    app = PaneApp(emulator)
    messages: list[Message] = []
    async with app.run_test(size=size, message_hook=messages.append) as pilot:
        scene = Stage(app, pilot, messages)
        scene.pane.focus()
        if shell is not None:
            scene.pane.attach(shell)
        yield scene
