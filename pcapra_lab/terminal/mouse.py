"""Mouse reports, as xterm sends them.

"Mouse Tracking" of https://invisible-island.net/xterm/ctlseqs/ctlseqs.html.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from pcapra_lab.terminal.screen import Modes, MouseTracking

_MOTION, _SHIFT, _ALT, _CTRL = 32, 4, 8, 16
_LEGACY_RELEASE = 3
_LEGACY_LIMIT = 223
"""The last column or row that the one-byte encoding can tell."""


class MouseAction(Enum):
    """What happened to the mouse."""

    PRESS = "press"
    RELEASE = "release"
    MOVE = "move"


class MouseButton(IntEnum):
    """Button codes of the reports. The wheel is a button that is never released."""

    LEFT = 0
    MIDDLE = 1
    RIGHT = 2
    NONE = 3
    WHEEL_UP = 64
    WHEEL_DOWN = 65


@dataclass(frozen=True, slots=True)
class MouseEvent:
    """One thing the mouse did, at a cell counted from 0."""

    action: MouseAction
    button: MouseButton
    x: int
    y: int
    shift: bool = False
    alt: bool = False
    ctrl: bool = False


def encode_mouse(event: MouseEvent, modes: Modes) -> bytes:
    """The report of an event; empty when the program did not ask for it."""
    if not _wanted(event, modes.mouse):
        return b""
    code = event.button.value
    code += _SHIFT * event.shift + _ALT * event.alt + _CTRL * event.ctrl
    if event.action is MouseAction.MOVE:
        code += _MOTION
    column, row = event.x + 1, event.y + 1
    released = event.action is MouseAction.RELEASE
    if modes.mouse_sgr:
        return f"\x1b[<{code};{column};{row}{'m' if released else 'M'}".encode()
    if max(column, row) > _LEGACY_LIMIT:
        return b""
    if released:
        code = code & ~_LEGACY_RELEASE | _LEGACY_RELEASE
    return b"\x1b[M" + bytes((32 + code, 32 + column, 32 + row))


def _wanted(event: MouseEvent, tracking: MouseTracking) -> bool:
    if event.action is not MouseAction.MOVE:
        return tracking is not MouseTracking.OFF
    if event.button is MouseButton.NONE:
        return tracking is MouseTracking.MOTION
    return tracking in (MouseTracking.DRAG, MouseTracking.MOTION)
