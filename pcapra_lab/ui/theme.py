"""The interface's colours. State is never told by colour alone: see ``ui/text.py``."""

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

PCAPRA = Theme(
    name="pcapra",
    primary="#7aa2f7",
    secondary="#bb9af7",
    accent="#7dcfff",
    warning="#e0af68",
    error="#f7768e",
    success="#9ece6a",
    foreground="#c8d3f5",
    background="#12141f",
    surface="#181b2a",
    panel="#23273b",
    dark=True,
    variables={
        "muted": "#8089b3",
        "border": "#3b4261",
        "border-blurred": "#2c314a",
        "block-cursor-background": "#7aa2f7",
        "link-style": "none",
        "link-style-hover": "bold reverse",
        "scrollbar": "#2c314a",
        "scrollbar-hover": "#3b4261",
        "scrollbar-active": "#7aa2f7",
        "scrollbar-background": "#181b2a",
        "scrollbar-corner-color": "#181b2a",
        "input-selection-background": "#7aa2f7 35%",
    },
)

ANSI = TerminalTheme(
    (18, 20, 31),
    (200, 211, 245),
    [
        (27, 30, 46),
        (247, 118, 142),
        (158, 206, 106),
        (224, 175, 104),
        (86, 130, 230),
        (187, 154, 247),
        (42, 195, 222),
        (169, 177, 214),
    ],
    [
        (86, 95, 137),
        (255, 140, 160),
        (180, 224, 128),
        (240, 198, 130),
        (122, 162, 247),
        (204, 176, 255),
        (125, 207, 255),
        (230, 236, 255),
    ],
)
"""The sixteen colours of programs in the shell. Textual's default paints blue as purple."""
