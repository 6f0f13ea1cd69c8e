"""A file of the lesson on its way to a machine: compared first, written if that is wanted."""

from functools import partial
from typing import TYPE_CHECKING

from pcapra_lab.content.blocks import FileBlock
from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs.difference import DifferenceDialog
from pcapra_lab.ui.messages import FileRead

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen

_GROUP = "files"
"""Of workers."""


class Writer:
    """Writes the file blocks of a ``LessonScreen`` that has a session."""

    def __init__(self, screen: "LessonScreen") -> None:
        self._screen = screen
        self._wanted: FileBlock | None = None
        """The last one asked for, until its difference is shown."""

    def compare(self, block: FileBlock) -> None:
        """Read what the machine holds; ``FileRead`` answers."""
        self._wanted = block
        self._screen.run_worker(
            partial(self._screen.bridge.read_file, block),
            thread=True,
            group=_GROUP,
            exclusive=True,
            exit_on_error=False,
        )

    def ask(self, message: FileRead) -> None:
        """Show the difference, and write the block if the trainee wants it.

        Once, however often it was asked for: a thread that reads is not stopped by the next one.
        """
        screen, block = self._screen, message.block
        if block is not self._wanted:
            return
        self._wanted = None

        def answered(write: bool | None) -> None:
            if write:
                screen.work(partial(screen.bridge.write_file, block), _GROUP)

        screen.app.push_screen(DifferenceDialog(block, message.remote.content), answered)

    def written(self, block: FileBlock) -> None:
        """The file is in place: say so, and look at the checks."""
        screen = self._screen
        for card in screen.lesson.cards_of(block.key):
            card.mark(_("écrit"))
        screen.notify(_("✔ {path} est écrit sur {vm}.").format(path=block.path, vm=block.vm))
        screen.checks.request_watch()
