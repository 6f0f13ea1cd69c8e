"""What a terminal pane tells. Nested in ``TerminalPane``, so handled as ``on_terminal_pane_…``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pcapra_lab.ui.terminal.view import EmulatorView


class PaneMessage(Message):
    """From a pane, which ``@on`` can select."""

    def __init__(self, pane: "EmulatorView") -> None:
        super().__init__()
        self.pane = pane
        """The pane it comes from."""

    @property
    def control(self) -> "EmulatorView":
        """The pane it comes from."""
        return self.pane


class EscapePressed(PaneMessage, namespace="terminal_pane"):
    """The person left the shell by its escape key; nothing has the focus now."""


class ShellIdle(PaneMessage, namespace="terminal_pane"):
    """The output has gone quiet after some activity: a good time to look at the machine."""

    def can_replace(self, message: Message) -> bool:
        """One is as good as several."""
        return isinstance(message, ShellIdle) and message.pane is self.pane


class Resized(PaneMessage, namespace="terminal_pane"):
    """The pane has another size on the screen, and its grid with it."""


class LinkLost(PaneMessage, namespace="terminal_pane"):
    """The shell ended by itself."""

    def __init__(self, pane: "EmulatorView", reason: str) -> None:
        super().__init__(pane)
        self.reason = reason
        """Why, in French, to follow a colon."""


class ReconnectRequested(PaneMessage, namespace="terminal_pane"):
    """Enter was pressed in a pane whose link is lost: the app opens a shell and attaches it."""


class TextCopied(PaneMessage, namespace="terminal_pane"):
    """A selection was copied to the clipboard, or what a program asked to copy."""

    def __init__(self, pane: "EmulatorView", text: str, *, by_program: bool = False) -> None:
        super().__init__(pane)
        self.text = text
        """What was copied."""
        self.by_program = by_program
        """The person did not ask for it: it must be said."""


class CopyRefused(PaneMessage, namespace="terminal_pane"):
    """A selection was not copied: it is too long for terminals to take."""


class PasteAsked(PaneMessage, namespace="terminal_pane"):
    """A paste waits for the person's word: it is long, or held control characters.

    Nothing is sent unless ``accept`` is called.
    """

    def __init__(
        self, pane: "EmulatorView", text: str, removed: int, accept: Callable[[], bool]
    ) -> None:
        super().__init__(pane)
        self.text = text
        """What would be sent, without the control characters."""
        self.removed = removed
        """How many control characters were taken away."""
        self.accept = accept
        """Sends it; whether there was still a shell to send it to."""

    @property
    def lines(self) -> int:
        """How many lines would be sent."""
        return len(self.text.splitlines())


class LinkClicked(PaneMessage, namespace="terminal_pane"):
    """A link was clicked with Ctrl held. Nothing was opened: ask, its address is the guest's."""

    def __init__(self, pane: "EmulatorView", url: str) -> None:
        super().__init__(pane)
        self.url = url
        """http, https, ftp or mailto, in printable ASCII."""


class RecordingEnded(PaneMessage, namespace="terminal_pane"):
    """The recording ended by itself; what was recorded before is kept."""

    def __init__(self, pane: "EmulatorView", reason: str) -> None:
        super().__init__(pane)
        self.reason = reason
        """Why, in French, to follow a colon."""


class OutputArrived(Message, bubble=False, namespace="terminal_pane"):
    """From the reader thread; the pump sends one at a time."""


class CopyArrived(Message, bubble=False, namespace="terminal_pane"):
    """From the reader thread: a program copies. One at a time, however many it asks for."""


class PumpEnded(Message, bubble=False, namespace="terminal_pane"):
    """From the reader thread, with which attachment it was: another may have replaced it."""

    def __init__(self, generation: int, reason: str) -> None:
        super().__init__()
        self.generation = generation
        self.reason = reason
