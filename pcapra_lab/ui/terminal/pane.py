"""The live shell pane: an emulator's rows through Textual's Line API."""

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer

from pcapra_lab.i18n import _
from pcapra_lab.remote.shell import Shell
from pcapra_lab.terminal import (
    Emulator,
    Frame,
    MouseAction,
    MouseButton,
    MouseEvent,
    Pump,
    clamp,
    create_emulator,
    encode_key,
    encode_mouse,
    encode_paste,
    prepare_paste,
    restart,
)
from pcapra_lab.ui.terminal import messages
from pcapra_lab.ui.terminal.recording import RecordingView

ESCAPE_KEY = "f12"
"""The one key that leaves the shell. Not Ctrl+], awkward on an AZERTY keyboard, nor F1 to F10,
which mc and htop need."""

_SCROLL_KEYS = {"shift+pageup": -1, "shift+pagedown": 1}
_WHEEL_LINES = 3
_FRAME_SECONDS = 1 / 30
_QUIET_SECONDS = 0.7
_SETTLED_SECONDS = 0.25


class TerminalPane(RecordingView, can_focus=True):
    """A shell on a VM.

    While it has the focus every key goes to the shell, except:

    | Key(s) | Description |
    | :- | :- |
    | f12 | Leave the shell: the focus is dropped and ``EscapePressed`` posted. |
    | shift+pageup, shift+pagedown | Scroll the history by half a screen. |

    Textual looks at priority bindings (its own are ctrl+q and ctrl+p) before any widget: the app
    must refuse theirs from ``App.check_action`` while its focused widget is a ``TerminalPane``.

    Selecting with the mouse copies: a drag, a double click for a word, a triple one for a line.
    The wheel scrolls the history, or the program when it is a full-screen one. Ctrl and a click
    on a link post ``LinkClicked``. A program may ask for the mouse; Shift takes it back.

    A program may copy (OSC 52) while its pane has the focus, which ``TextCopied`` tells; nothing
    of the clipboard is ever told to a program.

    The history is searched by ``search``, or by the bar that the action ``search`` opens: no key
    is left to bind it to here, so it is for the screen to bind. A paste of more than five lines,
    or with control characters, posts ``PasteAsked`` instead of being sent.

    Args:
        emulator: the one that the environment chooses, if None.
        id: the widget's id.
        classes: its CSS classes.
    """

    EscapePressed: TypeAlias = messages.EscapePressed
    ShellIdle: TypeAlias = messages.ShellIdle
    LinkLost: TypeAlias = messages.LinkLost
    Resized: TypeAlias = messages.Resized
    ReconnectRequested: TypeAlias = messages.ReconnectRequested
    TextCopied: TypeAlias = messages.TextCopied
    RecordingEnded: TypeAlias = messages.RecordingEnded
    CopyRefused: TypeAlias = messages.CopyRefused
    PasteAsked: TypeAlias = messages.PasteAsked
    LinkClicked: TypeAlias = messages.LinkClicked

    def __init__(
        self,
        emulator: Emulator | None = None,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(emulator or create_emulator(), id=id, classes=classes)
        self._pump: Pump | None = None
        self._generation = 0
        self._lost = False
        self._grid = (80, 24)
        self._pressed = MouseButton.NONE
        self._draw_timer: Timer | None = None
        self._last_draw = 0.0
        self._idle_timer: Timer | None = None
        self._last_output = 0.0
        self._last_sent = 0.0
        self._prompted = asyncio.Event()
        """The prompt, rather than a program, reads what is typed."""

    # The shell

    @property
    def grid_size(self) -> tuple[int, int]:
        """Columns and rows of the emulator: what a shell must be opened with."""
        return self._grid

    @property
    def connected(self) -> bool:
        """Whether a shell is attached and its link is up."""
        return self._pump is not None and self._pump.alive

    @property
    def history_text(self) -> str:
        """Scrollback and screen as text."""
        return self._emulator.text()

    def attach(self, shell: Shell) -> None:
        """Show ``shell`` from now on; the one before is closed, its output kept in the history."""
        if self._pump is not None:
            self._pump.close()
            if not self._lost:
                restart(self._emulator)
        self._generation += 1
        generation = self._generation
        self._lost, self._banner = False, ""
        self._pump = Pump(
            shell,
            self._emulator,
            on_output=lambda: self._post(messages.OutputArrived()),
            on_closed=lambda reason: self._post(messages.PumpEnded(generation, reason)),
            on_data=self._listener(),
        )
        self._pump.resize(*self._grid)
        # Its threads post messages, which needs a place in the app: else started by on_mount.
        if self.is_attached:
            self._pump.start()
            self._draw(full=True)

    def type_text(self, text: str, *, run: bool = False) -> bool:
        """Type a command of the lesson at the prompt.

        Args:
            text: one command or several lines. The prompt keeps several lines together when it
                knows bracketed paste (bash does); else all but the last are run.
            run: press Enter after it.

        Returns:
            Whether there was a shell to type into.
        """
        if not self.connected:
            return False
        data = encode_paste(text.rstrip("\r\n"), bracketed=self._modes.bracketed_paste)
        self._send(data + (b"\r" if run else b""))
        return True

    async def at_prompt(self, patience: float) -> bool:
        """Whether the shell's prompt reads what is typed, once the output has settled.

        readline (https://tiswww.case.edu/php/chet/readline/readline.html, enable-bracketed-paste)
        sets DECSET 2004 at its prompt and resets it while a command runs. Full-screen editors set
        it too, on the alternate screen.

        Args:
            patience: seconds that a prompt still to come is awaited.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    await self._prompted.wait()
                    active = max(self._last_output, self._last_sent)
                    rest = active + _SETTLED_SECONDS - time.monotonic()
                    if rest <= 0:
                        return True
                    await asyncio.sleep(rest)
        return False

    def on_mount(self) -> None:
        """Start a shell attached before the pane had a place in the app."""
        if self._pump is not None:
            self._pump.start()

    def on_unmount(self) -> None:
        """Close the shell and its recording with the pane."""
        self.stop_recording()
        if self._pump is not None:
            self._pump.close()

    def _post(self, message: Message) -> None:
        self.post_message(message)

    def _send(self, data: bytes) -> None:
        if data and self._pump is not None:
            self._last_sent = time.monotonic()
            self._pump.send(data)
            self._scroll_view(None)

    # Drawing

    def on_terminal_pane_output_arrived(self) -> None:
        """Draw at once when the last frame is old enough, else in the next slot."""
        self._last_output = time.monotonic()
        if self._idle_timer is None:
            self._idle_timer = self.set_timer(_QUIET_SECONDS, self._look_idle)
        wait = self._last_draw + _FRAME_SECONDS - time.monotonic()
        if wait <= 0:
            self._draw()
        elif self._draw_timer is None:
            self._draw_timer = self.set_timer(wait, self._draw_late)

    def on_terminal_pane_pump_ended(self, event: messages.PumpEnded) -> None:
        """Say in the pane and to the app that the link is lost."""
        if event.generation == self._generation:
            self._lost = True
            restart(self._emulator)
            self._banner = _(" Liaison perdue : {reason}. Entrée pour rouvrir le shell.").format(
                reason=event.reason
            )
            self._draw(full=True)
            self.post_message(self.LinkLost(self, event.reason))

    def _draw(self, *, full: bool = False) -> Frame:
        if self._draw_timer is not None:
            self._draw_timer.stop()
            self._draw_timer = None
        self._last_draw = time.monotonic()
        if self._pump is not None:
            self._pump.acknowledge()
        frame = super()._draw(full=full)
        if self._modes.bracketed_paste and not self._modes.alternate_screen:
            self._prompted.set()
        else:
            self._prompted.clear()
        return frame

    def _draw_late(self) -> None:
        self._draw()

    def _look_idle(self) -> None:
        self._idle_timer = None
        remaining = self._last_output + _QUIET_SECONDS - time.monotonic()
        if remaining > 0:
            self._idle_timer = self.set_timer(remaining, self._look_idle)
        else:
            self.post_message(self.ShellIdle(self))

    def on_resize(self) -> None:
        """Give the emulator and the remote PTY the pane's size."""
        if self.size.area:
            if self.take_grid(*self.size):
                self.post_message(self.Resized(self))
            self._draw(full=True)

    def take_grid(self, columns: int, rows: int) -> bool:
        """Give the shell a size, of which it draws its line anew; whether it is another one."""
        grid = clamp(columns, rows)
        if grid == self._grid:
            return False
        self._grid = grid
        self._emulator.resize(*grid)
        self._record_size(*grid)
        if self._pump is not None:
            self._last_sent = time.monotonic()
            self._pump.resize(*grid)
        return True

    # Keys, paste, focus

    def on_key(self, event: events.Key) -> None:
        """Send the key to the shell, whatever it is bound to elsewhere."""
        if not self.has_focus and event.key != ESCAPE_KEY:
            return  # from the search bar
        event.stop()
        event.prevent_default()
        if event.key == ESCAPE_KEY:
            self._drop_bar()
            self.screen.set_focus(None)
            self.post_message(self.EscapePressed(self))
        elif direction := _SCROLL_KEYS.get(event.key):
            self._scroll_view(direction * max(1, self.size.height // 2))
        elif self.connected:
            application_cursor = self._modes.application_cursor
            self._send(
                encode_key(event.key, event.character, application_cursor=application_cursor)
            )
        elif event.key == "enter" and self._lost:
            self.post_message(self.ReconnectRequested(self))

    def on_paste(self, event: events.Paste) -> None:
        """Send the clipboard's text, once asked for if it is long or strange."""
        event.stop()
        event.prevent_default()
        paste = prepare_paste(event.text)
        if not paste.suspect:
            self.send_paste(paste.text)
        elif self.connected:
            accept = partial(self.send_paste, paste.text)
            self.post_message(self.PasteAsked(self, paste.text, paste.removed, accept))

    def send_paste(self, text: str) -> bool:
        """Paste without asking, in brackets if the program wants them.

        Returns:
            Whether there was a shell to send it to.
        """
        if not self.connected:
            return False
        self._send(encode_paste(text, bracketed=self._modes.bracketed_paste))
        return True

    def on_focus(self) -> None:
        """Show a block cursor; tell the program if it asked."""
        self._focus_changed(b"\x1b[I")

    def on_blur(self) -> None:
        """Underline the cursor; tell the program if it asked."""
        self._focus_changed(b"\x1b[O")

    def _focus_changed(self, report: bytes) -> None:
        self.refresh(Region(0, self._cursor.y, self.size.width, 1))
        if self._modes.focus_events and self._pump is not None:
            self._pump.send(report)

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Report a press, and hold the mouse until its release; else start selecting."""
        if self._report(event, MouseAction.PRESS, _button(event.button)):
            self._pressed = _button(event.button)
            self.capture_mouse()
        else:
            self._begin_drag(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report a release; copy what was selected."""
        if self._anchor is not None:
            self._end_drag()
        elif self._pressed is not MouseButton.NONE:
            self.release_mouse()
            self._report(event, MouseAction.RELEASE, self._pressed)
            self._pressed = MouseButton.NONE

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Report a move, when the program asked for them; extend a selection."""
        if self._anchor is not None:
            self._drag(event)
        else:
            self._report(event, MouseAction.MOVE, self._pressed)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll towards the past."""
        self._wheel(event, MouseButton.WHEEL_UP, "up", -_WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll towards the present."""
        self._wheel(event, MouseButton.WHEEL_DOWN, "down", _WHEEL_LINES)

    def _wheel(self, event: events.MouseEvent, button: MouseButton, key: str, lines: int) -> None:
        event.stop()
        event.prevent_default()
        if self._report(event, MouseAction.PRESS, button):
            return
        if self._modes.alternate_screen:
            # As xterm's alternateScroll (mode 1007): less and man scroll by it.
            arrow = encode_key(key, None, application_cursor=self._modes.application_cursor)
            self._send(arrow * _WHEEL_LINES)
        else:
            self._scroll_view(lines)

    def _report(self, event: events.MouseEvent, action: MouseAction, button: MouseButton) -> bool:
        """Report to the program; whether it has the mouse."""
        held = self._pressed is not MouseButton.NONE
        if self._pump is None or not (held or self._for_program(event)):
            return False
        event.stop()
        event.prevent_default()
        columns, rows = self._grid
        at = event.get_content_offset_capture(self)
        report = MouseEvent(
            action,
            button,
            min(max(at.x, 0), columns - 1),
            min(max(at.y, 0), rows - 1),
            shift=event.shift,
            alt=event.meta,
            ctrl=event.ctrl,
        )
        self._pump.send(encode_mouse(report, self._modes))
        return True


def _button(number: int) -> MouseButton:
    """Textual counts buttons from 1."""
    return MouseButton(number - 1) if 1 <= number <= 3 else MouseButton.NONE
