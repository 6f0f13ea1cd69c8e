import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.terminal import encode_paste
from pcapra_lab.terminal.paste import prepare_paste


@pytest.mark.parametrize(
    ("text", "suspect"),
    [
        ("ls", False),
        ("a\n" * 5, False),
        ("a\r\n" * 5, False),
        ("a\n" * 6, True),
        ("a\r" * 6, True),
        ("\tindenté", False),
        ("rm\x03", True),
        ("x\x1b[201~", True),
        ("y\x9b", True),
        ("", False),
    ],
)
def test_what_is_asked_about(text: str, suspect: bool) -> None:
    assert prepare_paste(text).suspect is suspect


def test_control_characters_are_counted_and_gone() -> None:
    paste = prepare_paste("a\x1b[31mb\x07\tc\r\nd\re")
    assert (paste.text, paste.removed) == ("a[31mb\tc\nd\ne", 2)


@given(st.text())
def test_what_is_shown_is_what_is_sent(text: str) -> None:
    shown = prepare_paste(text).text
    assert encode_paste(shown, bracketed=False) == shown.replace("\n", "\r").encode(
        "utf-8", "replace"
    )
