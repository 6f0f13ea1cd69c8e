"""Keys and pasted text as the bytes a program expects.

What xterm sends with its default settings: "PC-Style Function Keys" and "Bracketed Paste Mode"
of https://invisible-island.net/xterm/ctlseqs/ctlseqs.html. Key names are Textual's.
"""

import unicodedata

from pcapra_lab.terminal.paste import prepare_paste

ESC = "\x1b"

_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_PF = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
_TILDE = {
    "insert": 2, "delete": 3, "pageup": 5, "pagedown": 6,
    "f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24,
    "f13": 25, "f14": 26, "f15": 28, "f16": 29, "f17": 31, "f18": 32, "f19": 33, "f20": 34,
}  # fmt: skip
_NAMED = {"enter": "\r", "tab": "\t", "escape": ESC, "backspace": "\x7f", "space": " "}

# The keypad's names under the kitty protocol, when no text comes with them.
_KEYPAD = {
    "decimal": ".", "divide": "/", "multiply": "*", "subtract": "-", "add": "+", "equal": "=",
    "separator": ",",
}  # fmt: skip

# Textual shortens the Unicode names of a few characters.
_SHORTENED = {
    "slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_",
}  # fmt: skip

_CONTROL = {
    " ": "\0", "@": "\0", "[": "\x1b", "\\": "\x1c", "]": "\x1d", "^": "\x1e", "_": "\x1f",
    "/": "\x1f", "?": "\x7f", "2": "\0", "3": "\x1b", "4": "\x1c", "5": "\x1d", "6": "\x1e",
    "7": "\x1f", "8": "\x7f",
}  # fmt: skip


def encode_key(key: str, character: str | None, *, application_cursor: bool = False) -> bytes:
    """The bytes of a key press.

    Args:
        key: Textual's name, with modifiers: ``a``, ``ctrl+c``, ``alt+shift+left``, ``f5``.
        character: the character typed, if any. It wins over the name: with AltGr the name may
            be that of another key.
        application_cursor: the program has set DECCKM.

    Returns:
        UTF-8; empty for what a terminal has no bytes for, such as a modifier alone.
    """
    *modifiers, base = key.split("+") if key != "+" else ["+"]
    shift, alt, ctrl = (name in modifiers for name in ("shift", "alt", "ctrl"))
    modifier = 1 + shift + 2 * alt + 4 * ctrl

    sequence = _function_key(base, modifier, application_cursor)
    if sequence:
        return sequence.encode()
    if base == "tab" and shift:
        return b"\x1b[Z"
    typed = character if character and character.isprintable() else ""
    if typed and ctrl and alt:  # AltGr, on terminals that report it as both
        return typed.encode()
    if ctrl:
        text = _control(base)
    elif base in _NAMED:
        text = _NAMED[base]
    else:
        text = typed or _character(base, shift=shift)
    return ((ESC if alt and text else "") + text).encode()


def encode_paste(text: str, *, bracketed: bool) -> bytes:
    """The bytes of pasted text, unable to leave the brackets or to press a control key.

    Args:
        text: what the clipboard holds. Line ends become Enter, as typed by hand.
        bracketed: the program has set mode 2004 and wants to know a paste from typing.
    """
    text = prepare_paste(text).text.replace("\n", "\r")
    return (f"{ESC}[200~{text}{ESC}[201~" if bracketed else text).encode("utf-8", "replace")


def _function_key(base: str, modifier: int, application_cursor: bool) -> str:
    if final := _CURSOR.get(base):
        if modifier > 1:
            return f"{ESC}[1;{modifier}{final}"
        return f"{ESC}{'O' if application_cursor else '['}{final}"
    if final := _PF.get(base):
        return f"{ESC}[1;{modifier}{final}" if modifier > 1 else f"{ESC}O{final}"
    if number := _TILDE.get(base):
        return f"{ESC}[{number};{modifier}~" if modifier > 1 else f"{ESC}[{number}~"
    return ""


def _control(base: str) -> str:
    if base == "backspace":
        return "\x08"
    if base in ("enter", "tab", "escape"):
        return _NAMED[base]
    character = _character(base, shift=False)
    if len(character) == 1 and character.isascii() and character.isalpha():
        return chr(ord(character.upper()) & 0x1F)
    return _CONTROL.get(character, character)


def _character(base: str, *, shift: bool) -> str:
    """The character a key name stands for, or nothing."""
    if len(base) == 1:
        return base.upper() if shift else base
    for names in (_NAMED, _KEYPAD, _SHORTENED):
        if base in names:
            return names[base]
    try:
        return unicodedata.lookup(base.replace("_", " "))
    except KeyError:
        pass
    try:
        return unicodedata.lookup(base.replace("_", "-", 1).replace("_", " "))
    except KeyError:
        return ""
