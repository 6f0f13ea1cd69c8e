import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.terminal import encode_key, encode_paste


@pytest.mark.parametrize(
    ("key", "character", "expected"),
    [
        ("a", "a", b"a"),
        ("A", "A", b"A"),
        ("space", " ", b" "),
        ("enter", "\r", b"\r"),
        ("tab", "\t", b"\t"),
        ("shift+tab", None, b"\x1b[Z"),
        ("escape", "\x1b", b"\x1b"),
        ("backspace", "\x7f", b"\x7f"),
        ("alt+backspace", None, b"\x1b\x7f"),
        ("ctrl+backspace", None, b"\x08"),
        ("alt+enter", None, b"\x1b\r"),
        ("shift+enter", None, b"\r"),
        ("exclamation_mark", "!", b"!"),
        ("slash", "/", b"/"),
        ("plus", "+", b"+"),
        ("up", None, b"\x1b[A"),
        ("left", None, b"\x1b[D"),
        ("home", None, b"\x1b[H"),
        ("end", None, b"\x1b[F"),
        ("ctrl+left", None, b"\x1b[1;5D"),
        ("alt+shift+up", None, b"\x1b[1;4A"),
        ("insert", None, b"\x1b[2~"),
        ("delete", None, b"\x1b[3~"),
        ("ctrl+delete", None, b"\x1b[3;5~"),
        ("pageup", None, b"\x1b[5~"),
        ("pagedown", None, b"\x1b[6~"),
        ("f1", None, b"\x1bOP"),
        ("shift+f4", None, b"\x1b[1;2S"),
        ("f5", None, b"\x1b[15~"),
        ("f10", None, b"\x1b[21~"),
        ("ctrl+f11", None, b"\x1b[23;5~"),
        ("ctrl+a", "\x01", b"\x01"),
        ("ctrl+c", "\x03", b"\x03"),
        ("ctrl+z", None, b"\x1a"),
        ("ctrl+shift+c", None, b"\x03"),
        ("ctrl+space", None, b"\0"),
        ("ctrl+at", "\0", b"\0"),
        ("ctrl+left_square_bracket", None, b"\x1b"),
        ("ctrl+backslash", "\x1c", b"\x1c"),
        ("ctrl+right_square_bracket", "\x1d", b"\x1d"),
        ("ctrl+underscore", "\x1f", b"\x1f"),
        ("ctrl+1", None, b"1"),
        ("ctrl+8", None, b"\x7f"),
        ("alt+b", "b", b"\x1bb"),
        ("alt+shift+b", None, b"\x1bB"),
        ("alt+full_stop", None, b"\x1b."),
        ("alt+less_than_sign", None, b"\x1b<"),
        ("ctrl+alt+a", None, b"\x1b\x01"),
    ],
)
def test_keys_are_xterms(key: str, character: str | None, expected: bytes) -> None:
    assert encode_key(key, character) == expected


@pytest.mark.parametrize("character", "éèàùçêëîïôœ€£µ§²«»’")
def test_french_characters_are_sent_as_utf8(character: str) -> None:
    assert encode_key(character, character) == character.encode()


@pytest.mark.parametrize(
    ("key", "character"),
    [("ctrl+alt+e", "€"), ("ctrl+alt+0", "@"), ("ctrl+alt+4", "{"), ("at", "@")],
)
def test_altgr_types_its_character(key: str, character: str) -> None:
    assert encode_key(key, character) == character.encode()


@pytest.mark.parametrize(
    ("key", "expected"),
    [("up", b"\x1bOA"), ("end", b"\x1bOF"), ("shift+up", b"\x1b[1;2A"), ("f1", b"\x1bOP")],
)
def test_cursor_keys_follow_decckm(key: str, expected: bytes) -> None:
    assert encode_key(key, None, application_cursor=True) == expected


@pytest.mark.parametrize(
    ("key", "character"),
    [
        ("left_shift", None),
        ("iso_level3_shift", None),
        ("caps_lock", None),
        ("media_play", None),
        ("<ignore>", "\x1b[?1;2c"),
    ],
)
def test_what_has_no_bytes_sends_none(key: str, character: str | None) -> None:
    assert encode_key(key, character) == b""


_MODIFIERS = st.lists(st.sampled_from(["shift", "alt", "ctrl", "super"]), unique=True)


@given(_MODIFIERS, st.text(min_size=1, max_size=12), st.one_of(st.none(), st.characters()))
def test_any_key_is_encodable(modifiers: list[str], base: str, character: str | None) -> None:
    encode_key("+".join([*sorted(modifiers), base]), character)


def test_a_paste_presses_enter_at_line_ends() -> None:
    assert encode_paste("a\nb\r\nc", bracketed=False) == b"a\rb\rc"
    assert encode_paste("a\nb", bracketed=True) == b"\x1b[200~a\rb\x1b[201~"


@given(st.text())
def test_a_paste_cannot_leave_its_brackets(text: str) -> None:
    data = encode_paste(f"rm -rf{text}\x1b[201~\x9b201~\x03", bracketed=True)
    inside = data.removeprefix(b"\x1b[200~").removesuffix(b"\x1b[201~").decode()
    assert not {c for c in inside if (c < " " and c not in "\t\r") or "\x7f" <= c <= "\x9f"}
