"""A terminal emulator behind a protocol of our own. No Textual here.

Bytes of a shell go in, styled rows come out; keys, mouse and pasted text are encoded for the
program on the other side. ``Pump`` joins a ``Shell`` to an ``Emulator`` with two threads.

**Crashes in native code.** The default core, libghostty-vt, is native: a fault in it would take
the whole program down. It was seen to fault under fuzzing only while its grid could shrink to a
few cells. Running it in a child process per pane would contain a fault, at the price of a process
and of serialising every frame; the decision for now is not to, because of four guards together:

* grids are clamped (``emulator.clamp``), which removes the only condition a fault was seen under;
* the version is pinned exactly, since the C ABI still breaks between releases;
* a seeded fuzz test feeds the clamped core hostile bytes and bursts of resizes on every run of
  the test suite, in a subprocess, so that a fault is a failed test;
* ``PCAPRA_EMULATOR=bittty`` selects a pure-Python core that cannot fault.

Nothing of value is lost by a fault: progress is in the database and the shell's effects are on
the machine. If a fault is ever seen in use, the core and its pump move to a child process
behind the same ``Emulator`` protocol.
"""

from pcapra_lab.terminal.clipboard import MOST_COPIED, CopyReader, Latest
from pcapra_lab.terminal.emulator import Emulator, clamp, create_emulator, restart
from pcapra_lab.terminal.history import (
    MOST_MATCHES,
    History,
    Match,
    Piece,
    Position,
    Row,
    find,
)
from pcapra_lab.terminal.keys import encode_key, encode_paste
from pcapra_lab.terminal.mouse import MouseAction, MouseButton, MouseEvent, encode_mouse
from pcapra_lab.terminal.paste import Paste, prepare_paste
from pcapra_lab.terminal.pump import Pump
from pcapra_lab.terminal.screen import (
    DEFAULT_BACKGROUND,
    DEFAULT_FOREGROUND,
    CellStyle,
    Color,
    Cursor,
    Frame,
    Line,
    Modes,
    MouseTracking,
    Run,
)

__all__ = [
    "DEFAULT_BACKGROUND",
    "DEFAULT_FOREGROUND",
    "MOST_COPIED",
    "MOST_MATCHES",
    "CellStyle",
    "Color",
    "CopyReader",
    "Cursor",
    "Emulator",
    "Frame",
    "History",
    "Latest",
    "Line",
    "Match",
    "Modes",
    "MouseAction",
    "MouseButton",
    "MouseEvent",
    "MouseTracking",
    "Paste",
    "Piece",
    "Position",
    "Pump",
    "Row",
    "Run",
    "clamp",
    "create_emulator",
    "encode_key",
    "encode_mouse",
    "encode_paste",
    "find",
    "prepare_paste",
    "restart",
]
