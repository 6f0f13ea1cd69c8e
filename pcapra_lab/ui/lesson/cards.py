"""Blocks of a lesson that act: commands for a shell, files for a machine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from pcapra_lab.content.blocks import CommandBlock, FileBlock, ShowBlock
from pcapra_lab.i18n import _


def _links(*links: tuple[str, str, str]) -> Content:
    """``key label`` pairs that run an action when clicked."""
    parts = [
        Content.assemble((key, "bold $accent"), f" {label}").stylize(
            Style.from_meta({"@click": action})
        )
        for key, label, action in links
    ]
    return Content("  ").join(parts)


class ShownCode(Static):
    """Code to read, not to send."""

    def __init__(self, block: ShowBlock) -> None:
        super().__init__(highlight(block.code.rstrip("\n"), language=block.language))


class CommandCard(Static, can_focus=True):
    """Commands for one machine's shell.

    Args:
        block: the commands.
        clock: the interface's clock, in seconds.
        resend: seconds during which a second send is ignored.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", _("exécuter"), show=False),
        Binding("p,space", "place", _("placer"), show=False),
        Binding("c", "copy", _("copier"), show=False),
    ]

    @dataclass
    class Sent(Message):
        """The trainee wants ``block`` in its machine's shell, with or without Enter."""

        card: "CommandCard"
        block: CommandBlock
        run: bool

        @property
        def control(self) -> "CommandCard":
            """The card, for selectors."""
            return self.card

    def __init__(self, block: CommandBlock, clock: Callable[[], float], resend: float) -> None:
        code = highlight(block.code.rstrip("\n"), language=block.language)
        super().__init__(code)
        self.block = block
        self._clock = clock
        self._resend = resend
        self._sent_at: float | None = None
        self._went_at: float | None = None
        self.used = False
        """Sent or placed once."""

    def on_mount(self) -> None:
        """Name the machine and the keys on the border."""
        self.mark("")
        self.border_subtitle = _links(
            ("↵", _("exécuter"), "run"), ("p", _("placer"), "place"), ("c", _("copier"), "copy")
        )

    def mark(self, word: str) -> None:
        """Say on the border what became of the block; empty for nothing yet."""
        self.used = bool(word)
        title = Content.assemble(("$ ", "$muted"), (self.block.vm, "bold"))
        if word:
            title = Content.assemble(title, (f" ✓ {word}", "$success"))
        self.border_title = title

    def went(self, word: str) -> None:
        """The block is in its shell, and ``word`` says how."""
        self._went_at = self._clock()
        self.mark(word)

    @property
    def since(self) -> float | None:
        """Seconds since the block last reached its shell; None when it never did."""
        return None if self._went_at is None else self._clock() - self._went_at

    def give_up(self) -> None:
        """The block was not sent: it can be asked for again at once."""
        self._sent_at = None

    def action_run(self) -> None:
        """Type the commands and validate them."""
        self._send(run=True)

    def action_place(self) -> None:
        """Type the commands, leaving Enter to the trainee."""
        self._send(run=False)

    def action_copy(self) -> None:
        """Copy the commands."""
        self.app.copy_to_clipboard(self.block.code.rstrip("\n"))
        self.notify(_("Commande copiée."), timeout=2)

    def _send(self, *, run: bool) -> None:
        now = self._clock()
        if self._sent_at is not None and now - self._sent_at < self._resend:
            return
        self._sent_at = now
        self.post_message(self.Sent(self, self.block, run))


class FileCard(Static, can_focus=True):
    """A file that can be written on a machine, after its difference was shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "compare", _("comparer et écrire"), show=False),
        Binding("e", "edit", _("éditer"), show=False),
        Binding("c", "copy", _("copier"), show=False),
    ]

    @dataclass
    class Compared(Message):
        """The trainee wants to see what writing ``block`` would change."""

        block: FileBlock

    @dataclass
    class Edited(Message):
        """The trainee wants the file open in its machine's editor."""

        card: "FileCard"
        block: FileBlock

    def __init__(self, block: FileBlock) -> None:
        super().__init__(highlight(block.content.rstrip("\n"), language=block.language))
        self.block = block
        self.used = False
        """Written once."""

    def on_mount(self) -> None:
        """Name the file and the keys on the border."""
        self.mark("")
        self.border_subtitle = _links(
            ("↵", _("comparer et écrire"), "compare"),
            ("e", _("éditer"), "edit"),
            ("c", _("copier"), "copy"),
        )

    def mark(self, word: str) -> None:
        """Say on the border what became of the block; empty for nothing yet."""
        block = self.block
        self.used = bool(word)
        title = Content.assemble(("▤ ", "$muted"), (block.vm, "bold"), f" {block.path}")
        if word:
            title = Content.assemble(title, (f" ✓ {word}", "$success"))
        self.border_title = title

    def action_compare(self) -> None:
        """Ask for the difference."""
        self.post_message(self.Compared(self.block))

    def action_edit(self) -> None:
        """Ask for the file in its machine's editor, as it is there."""
        self.post_message(self.Edited(self, self.block))

    def action_copy(self) -> None:
        """Copy the file's content."""
        self.app.copy_to_clipboard(self.block.content)
        self.notify(_("Contenu copié."), timeout=2)
