import pytest

from pcapra_lab.terminal import (
    Modes,
    MouseAction,
    MouseButton,
    MouseEvent,
    MouseTracking,
    encode_mouse,
)

PRESS = MouseEvent(MouseAction.PRESS, MouseButton.LEFT, 4, 9)
RELEASE = MouseEvent(MouseAction.RELEASE, MouseButton.RIGHT, 4, 9)
DRAG = MouseEvent(MouseAction.MOVE, MouseButton.LEFT, 4, 9)
HOVER = MouseEvent(MouseAction.MOVE, MouseButton.NONE, 4, 9)
WHEEL = MouseEvent(MouseAction.PRESS, MouseButton.WHEEL_DOWN, 0, 0, ctrl=True)


@pytest.mark.parametrize(
    ("event", "sgr", "legacy"),
    [
        (PRESS, b"\x1b[<0;5;10M", b"\x1b[M \x25\x2a"),
        (RELEASE, b"\x1b[<2;5;10m", b"\x1b[M#\x25\x2a"),
        (DRAG, b"\x1b[<32;5;10M", b"\x1b[M@\x25\x2a"),
        (HOVER, b"\x1b[<35;5;10M", b"\x1b[MC\x25\x2a"),
        (WHEEL, b"\x1b[<81;1;1M", b"\x1b[Mq!!"),
    ],
)
def test_reports_are_xterms(event: MouseEvent, sgr: bytes, legacy: bytes) -> None:
    assert encode_mouse(event, Modes(mouse=MouseTracking.MOTION, mouse_sgr=True)) == sgr
    assert encode_mouse(event, Modes(mouse=MouseTracking.MOTION)) == legacy


@pytest.mark.parametrize(
    ("tracking", "told"),
    [
        (MouseTracking.OFF, []),
        (MouseTracking.BUTTONS, [PRESS, RELEASE, WHEEL]),
        (MouseTracking.DRAG, [PRESS, RELEASE, WHEEL, DRAG]),
        (MouseTracking.MOTION, [PRESS, RELEASE, WHEEL, DRAG, HOVER]),
    ],
)
def test_only_what_was_asked_is_told(tracking: MouseTracking, told: list[MouseEvent]) -> None:
    modes = Modes(mouse=tracking, mouse_sgr=True)
    events = [PRESS, RELEASE, WHEEL, DRAG, HOVER]
    assert [event for event in events if encode_mouse(event, modes)] == told


def test_a_column_that_the_old_encoding_cannot_tell_is_not_told_wrong() -> None:
    far = MouseEvent(MouseAction.PRESS, MouseButton.LEFT, 223, 0)
    assert encode_mouse(far, Modes(mouse=MouseTracking.BUTTONS)) == b""
    near = MouseEvent(MouseAction.PRESS, MouseButton.LEFT, 222, 0)
    assert encode_mouse(near, Modes(mouse=MouseTracking.BUTTONS)) == b"\x1b[M \xff!"
