"""The interface's colours. State is never told by colour alone: see ``ui/text.py``.

Text reaches 4.5:1 on every background (WCAG 2.2, 1.4.3), 7:1 in high contrast; a test holds it.
"""

from typing import Final

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

from pcapra_lab.session.preferences import Look

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
        "muted": "#8690ba",
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

LIGHT = Theme(
    name="pcapra-clair",
    primary="#1f4fb8",
    secondary="#6b35a8",
    accent="#00607a",
    warning="#7d4f00",
    error="#b3143c",
    success="#27631a",
    foreground="#1b2033",
    background="#fbfbfd",
    surface="#f1f2f7",
    panel="#e4e7f0",
    dark=False,
    variables={
        "muted": "#535a75",
        "text-muted": "#535a75",
        "border": "#a3aac4",
        "border-blurred": "#c5cadb",
        "block-cursor-background": "#1f4fb8",
        "block-cursor-foreground": "#ffffff",
        "link-style": "none",
        "link-style-hover": "bold reverse",
        "scrollbar": "#c5cadb",
        "scrollbar-hover": "#a3aac4",
        "scrollbar-active": "#1f4fb8",
        "scrollbar-background": "#f1f2f7",
        "scrollbar-corner-color": "#f1f2f7",
        "input-selection-background": "#1f4fb8 25%",
    },
)

CONTRAST = Theme(
    name="pcapra-contraste",
    primary="#8ec5ff",
    secondary="#e0b3ff",
    accent="#5ff0ff",
    warning="#ffd75f",
    error="#ff9c9c",
    success="#8dff8d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={
        "muted": "#d0d0d0",
        "text-muted": "#d0d0d0",
        "border": "#d0d0d0",
        "border-blurred": "#a0a0a0",
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "link-style": "none",
        "link-style-hover": "bold reverse",
        "scrollbar": "#808080",
        "scrollbar-hover": "#d0d0d0",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
        "scrollbar-corner-color": "#000000",
        "input-selection-background": "#ffffff 35%",
    },
)

THEMES: Final[dict[Look, Theme]] = {
    Look.DARK: PCAPRA,
    Look.LIGHT: LIGHT,
    Look.CONTRAST: CONTRAST,
}
"""The theme of each look."""

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
