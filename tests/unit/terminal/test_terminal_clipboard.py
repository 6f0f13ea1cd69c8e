"""OSC 52: what programs may copy, and what they may not learn."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.clipboard import MOST_COPIED, CopyReader, Latest
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator


def copy(text: str, *, which: bytes = b"c", end: bytes = b"\x07") -> bytes:
    return b"\x1b]52;" + which + b";" + base64.b64encode(text.encode()) + end


@pytest.mark.parametrize("end", [b"\x07", b"\x1b\\"])
@pytest.mark.parametrize("which", [b"c", b"", b"p", b"s0"])
def test_a_copy_is_heard_among_output(which: bytes, end: bytes) -> None:
    reader = CopyReader()
    data = b"avant\x1b[1m" + copy("déjà\tvu\nici", which=which, end=end) + b"apr\xc3\xa8s"
    assert reader.feed(data) == "déjà\tvu\nici"
    assert reader.feed(b"rien") == ""


@given(st.lists(st.integers(1, 60), max_size=12))
def test_a_copy_cut_anywhere_is_heard_once(cuts: list[int]) -> None:
    data = b"\x1b[0m\x1b]0;titre\x07" + copy("une ligne", end=b"\x1b\\") + b"\x1b"
    reader = CopyReader()
    heard = []
    for size in [*cuts, len(data)]:
        heard.append(reader.feed(data[:size]))
        data = data[size:]
    assert [text for text in heard if text] == ["une ligne"]


def test_of_several_copies_the_last_counts() -> None:
    assert CopyReader().feed(copy("un") + copy("deux") + b"\x1b]52;c;?\x07") == "deux"


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b]52;c;?\x07",  # a question
        b"\x1b]52;c;\x07",  # to empty it
        b"\x1b]52;c;pas du base64 !\x07",
        b"\x1b]52;c;/w==\x07",  # not UTF-8
        copy("coupé")[:-1] + b"\x18",
        copy("coupé")[:-1] + b"\x1b[1m\x07",
        b"\x1b]52\x07",
        copy("")[:-1] + b"\x1b]0;titre\x07",
    ],
)
def test_nothing_else_is_copied(data: bytes) -> None:
    reader = CopyReader()
    assert reader.feed(data) == ""
    assert reader.feed(copy("ensuite")) == "ensuite"


def test_control_characters_do_not_reach_the_clipboard() -> None:
    assert CopyReader().feed(copy("ls\x1b[201~\x03\r\nrm\x9b")) == "ls[201~\nrm"


def test_a_copy_is_bounded_and_so_is_the_memory_it_takes() -> None:
    reader = CopyReader()
    assert reader.feed(copy("a" * MOST_COPIED)) == "a" * MOST_COPIED
    data = copy("a" * (2 * MOST_COPIED))
    for at in range(0, len(data), 4096):
        assert reader.feed(data[at : at + 4096]) == ""
        assert len(reader._pending) <= 2 * MOST_COPIED
    assert reader.feed(data) == ""
    assert reader.feed(copy("ensuite")) == "ensuite"


def test_copies_not_taken_yet_are_told_once_and_the_newest_is_taken() -> None:
    latest = Latest()
    assert [latest.put("un"), latest.put("deux")] == [True, False]
    assert [latest.take(), latest.take()] == ["deux", ""]
    assert latest.put("trois")


@pytest.mark.parametrize("kind", [GhosttyEmulator, BitttyEmulator])
def test_the_clipboard_is_never_told_to_a_program(
    kind: type[GhosttyEmulator] | type[BitttyEmulator],
) -> None:
    emulator = kind(80, 24)
    assert emulator.feed(copy("secret") + b"\x1b]52;c;?\x07\x1b]52;p;?\x1b\\") == b""
    assert emulator.feed(b"\x1b[5n") == b"\x1b[0n"
