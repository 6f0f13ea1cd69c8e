"""The emulator protocol, and the choice of the core behind it."""

import os
from typing import Protocol

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _
from pcapra_lab.terminal.history import History, Position
from pcapra_lab.terminal.screen import Frame

MIN_COLUMNS, MIN_ROWS = 20, 5
"""libghostty-vt 0.1 was seen to fault while reflowing grids of a few cells, never above this."""

MAX_COLUMNS, MAX_ROWS = 500, 300
"""Memory and frame time grow with the grid; no real screen is larger."""

SCROLLBACK_LINES = 10_000

SETTING = "PCAPRA_EMULATOR"
"""Environment variable: ``ghostty`` (the default) or ``bittty``."""


class Emulator(Protocol):
    """An xterm-like terminal without a screen.

    ``feed`` may run in another thread than the rest; every method is safe to call meanwhile.
    """

    def feed(self, data: bytes) -> bytes:
        """Interpret output of the program; never raises, whatever the bytes.

        Returns:
            What the terminal answers (device attributes, cursor position…), to be sent back.
        """
        ...

    def resize(self, columns: int, rows: int) -> None:
        """Set the grid's size, clamped to between 20x5 and 500x300 cells."""
        ...

    def scroll(self, lines: int) -> None:
        """Move the view by ``lines`` rows, negative into the past; stops at either end."""
        ...

    def scroll_to_bottom(self) -> None:
        """Show the live screen."""
        ...

    def frame(self, *, full: bool = False) -> Frame:
        """What changed since the last call; every row with ``full``.

        The modes and the cursor are always given.
        """
        ...

    def text(self) -> str:
        """Scrollback and screen as text, trailing blanks removed."""
        ...

    def history(self) -> History:
        """Every row held of the screen that is shown, with its scrollback if it has one."""
        ...

    def between(self, start: Position, end: Position) -> str:
        """The text from a cell to another, both included.

        Rows wrapped by the terminal are joined again and trailing blanks removed. A wide
        character is given whole or not at all.

        Returns:
            Nothing when one of the rows is not held any more.
        """
        ...

    def link_at(self, x: int, y: int) -> str:
        """The address that the program gave (OSC 8) to a cell of the view; empty without one.

        It is whatever the guest says: check it before any use.
        """
        ...


def clamp(columns: int, rows: int) -> tuple[int, int]:
    """The nearest size that the cores are known to bear."""
    return (
        min(max(columns, MIN_COLUMNS), MAX_COLUMNS),
        min(max(rows, MIN_ROWS), MAX_ROWS),
    )


def restart(emulator: Emulator) -> None:
    """Make ready for another shell, keeping screen and scrollback.

    The program that was cut may have left half a sequence, the alternate screen, a scroll
    region, mouse reports: they are undone as RIS would, but without erasing. Takes frames: the
    next one must be asked in full.
    """
    # CAN ends a sequence cut in the middle.
    emulator.feed(b"\x18\x1b[?25h")
    emulator.scroll_to_bottom()
    if emulator.frame().modes.alternate_screen:
        emulator.feed(b"\x1b[?1049l")
    # Leaving a scroll region or the origin mode homes the cursor: put back afterwards.
    cursor = emulator.frame().cursor
    private = (1, 6, 1000, 1002, 1003, 1004, 1006, 2004, 2026)
    emulator.feed(
        b"\x1b[r"
        + b"".join(b"\x1b[?%dl" % mode for mode in private)
        + b"\x1b[4l\x1b[?7h\x1b>\x1b(B\x0f\x1b[m"
        + b"\x1b[%d;%dH\r\n" % (cursor.y + 1, cursor.x + 1)
    )


def create_emulator(
    columns: int = 80, rows: int = 24, *, scrollback: int = SCROLLBACK_LINES
) -> Emulator:
    """An emulator with the core that the environment asks for.

    Args:
        columns: width in cells.
        rows: height in cells.
        scrollback: lines kept above the screen, about.

    Raises:
        EnvironmentProblem: the setting names no core, or the core cannot be loaded here.
    """
    core = os.environ.get(SETTING, "ghostty")
    if core == "bittty":
        from pcapra_lab.terminal.bittty_emulator import BitttyEmulator

        return BitttyEmulator(columns, rows, scrollback=scrollback)
    if core != "ghostty":
        raise EnvironmentProblem(
            _("{setting} vaut « {core} », qui ne désigne aucun émulateur de terminal.").format(
                setting=SETTING, core=core
            ),
            hint=_("Choisissez {setting}=ghostty ou {setting}=bittty.").format(setting=SETTING),
        )
    try:
        from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
    except (ImportError, OSError) as error:
        raise EnvironmentProblem(
            _("L'émulateur de terminal ne se charge pas sur cette machine : {error}.").format(
                error=error
            ),
            hint=_("Relancez avec {setting}=bittty, plus lent mais sans code natif.").format(
                setting=SETTING
            ),
        ) from error
    return GhosttyEmulator(columns, rows, scrollback=scrollback)
