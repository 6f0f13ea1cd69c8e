"""What a program asks to copy (OSC 52), found in its output whatever the emulator.

https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, « Manipulate Selection Data ». Only
writing is heard: a program that asks what the clipboard holds is never answered.
"""

import base64
import binascii
import re
import threading

MOST_COPIED = 256 * 1024
"""Bytes of one copy. Terminals refuse or cut longer ones, each at its own length."""

_START = b"\x1b]52;"
_END = re.compile(rb"\x07|\x1b\\|\x1b(?=[^\\])|[\x18\x1a]")
"""BEL or ST; anything else that ends an OSC gives it up."""
_MOST_ENCODED = MOST_COPIED * 4 // 3 + 64
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class CopyReader:
    """Reads a program's output as it comes, sequences cut anywhere."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> str:
        """The last text that ``data`` ends to copy; empty if there is none."""
        text = ""
        data = self._pending + data
        self._pending = b""
        at = data.find(_START)
        while at >= 0:
            end = _END.search(data, at + len(_START))
            if end is None:
                # Too long already: what is left of it begins no sequence, and is passed over.
                self._pending = data[at:] if len(data) - at <= _MOST_ENCODED else b""
                return text
            if end.group() in (b"\x07", b"\x1b\\"):
                text = _decoded(data[at + len(_START) : end.start()]) or text
            at = data.find(_START, end.start())
        # The beginning of a beginning.
        escape = data.rfind(b"\x1b", max(0, len(data) - len(_START) + 1))
        if escape >= 0 and _START.startswith(data[escape:]):
            self._pending = data[escape:]
        return text


class Latest:
    """What one thread leaves for another, the newest in place of what was not taken yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = ""

    def put(self, text: str) -> bool:
        """Leave a text; whether nothing was waiting, so that the other must be told."""
        with self._lock:
            empty, self._text = not self._text, text
        return empty

    def take(self) -> str:
        """Take it; empty if there is none."""
        with self._lock:
            text, self._text = self._text, ""
        return text


def _decoded(body: bytes) -> str:
    """The text of ``Pc;Pd``, with line breaks and tabs but no other control character."""
    _, _, encoded = body.partition(b";")
    if len(encoded) > _MOST_ENCODED:
        return ""
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))
