"""Rows beyond the view, by both cores: numbers, text, links, and how much is kept."""

import resource
import time
from pathlib import Path

import pytest

from pcapra_lab.terminal import MOST_MATCHES, Emulator, Piece, Position, find
from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.emulator import SCROLLBACK_LINES
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
from pcapra_lab.terminal.history import History, Row

Core = type[GhosttyEmulator] | type[BitttyEmulator]
CORES = [
    pytest.param(GhosttyEmulator, id="ghostty"),
    pytest.param(BitttyEmulator, id="bittty"),
]


@pytest.fixture(params=CORES)
def core(request: pytest.FixtureRequest) -> Core:
    kind: Core = request.param
    return kind


@pytest.fixture
def emulator(core: Core) -> Emulator:
    """Each core in turn, on a grid of 40x10."""
    return core(40, 10)


def number_of(emulator: Emulator, text: str) -> int:
    """The number of the one row that is ``text``."""
    history = emulator.history()
    [row] = [n for n, row in enumerate(history.rows, history.first) if row.text.rstrip() == text]
    return row


def whole(emulator: Emulator, row: int) -> str:
    return emulator.between(Position(row, 0), Position(row, 39))


def test_every_row_is_held_and_numbered(emulator: Emulator) -> None:
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(50)))
    history = emulator.history()
    assert [row.text.rstrip() for row in history.rows] == [*(f"ligne {n}" for n in range(50)), ""]
    frame = emulator.frame()
    assert frame.top == number_of(emulator, "ligne 41")
    emulator.scroll(-5)
    assert emulator.frame().top == number_of(emulator, "ligne 36")


def test_wrapped_rows_are_told(emulator: Emulator) -> None:
    emulator.feed(b"x" * 45 + b"\r\n" + b"y\r\n" * 20)
    assert [row.wrapped for row in emulator.history().rows[:3]] == [True, False, False]


# libghostty-vt forgets whole pages of rows, here a thousand at once.
@pytest.mark.parametrize(
    ("core", "scrollback", "lines"), [(GhosttyEmulator, 4000, 30_000), (BitttyEmulator, 800, 8000)]
)
def test_a_number_names_its_row_while_others_are_forgotten(
    core: Core, scrollback: int, lines: int
) -> None:
    emulator = core(40, 10, scrollback=scrollback)
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(lines)))
    emulator.frame()
    emulator.feed(b"\r\nrepere\r\n")
    row = number_of(emulator, "repere")
    oldest = emulator.history().first
    for _ in range(10):
        emulator.feed(b"suite %s\r\n" % (b"x" * 30) * 200)
        emulator.frame()
        assert number_of(emulator, "repere") == row
        assert whole(emulator, row) == "repere"
    assert oldest < emulator.history().first < row


def test_a_forgotten_row_has_no_text_and_its_number_is_not_given_again(core: Core) -> None:
    emulator = core(40, 10, scrollback=100)
    emulator.feed(b"perdu\r\n")
    row = number_of(emulator, "perdu")
    for _ in range(20):
        emulator.feed(b"suite\r\n" * 2000)
        assert emulator.frame().top > row
    assert whole(emulator, row) == ""


@pytest.mark.parametrize("upset", [b"\x1b[?1049h", b"\x1b[2J\x1b[3J"])
def test_the_numbers_end_with_the_screen(emulator: Emulator, upset: bytes) -> None:
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(50)))
    row = number_of(emulator, "ligne 3")
    emulator.feed(upset)
    assert whole(emulator, row) == ""


def test_the_numbers_end_with_a_resize(emulator: Emulator) -> None:
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(50)))
    row = number_of(emulator, "ligne 3")
    emulator.resize(60, 12)
    emulator.frame()
    assert whole(emulator, row) == ""
    assert whole(emulator, number_of(emulator, "ligne 3")) == "ligne 3"


def test_lines_inserted_at_the_top_do_not_renumber(emulator: Emulator) -> None:
    emulator.feed(b"a\r\nb\r\nc")
    top = emulator.frame().top
    emulator.feed(b"\x1b[H\x1b[2L\x1b[M")
    assert emulator.frame().top == top
    assert number_of(emulator, "a") == top + 1


def test_the_alternate_screen_has_no_scrollback(emulator: Emulator) -> None:
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(50)) + b"\x1b[?1049h\x1b[Hvim")
    rows = emulator.history().rows
    assert len(rows) == 10
    assert rows[0].text.rstrip() == "vim"
    assert whole(emulator, emulator.frame().top) == "vim"


def test_text_between_cells_joins_what_was_wrapped(emulator: Emulator) -> None:
    emulator.feed("début milieu fin\r\n".encode() + b"y" * 85 + b"\r\nz   \r\n")
    top = emulator.frame().top
    assert emulator.between(Position(top, 6), Position(top, 11)) == "milieu"
    assert emulator.between(Position(top, 13), Position(top + 4, 10)) == "fin\n" + "y" * 85 + "\nz"
    assert emulator.between(Position(top + 1, 38), Position(top + 2, 1)) == "yyyy"
    assert emulator.between(Position(top, 0), Position(top + 99, 0)) == ""


@pytest.mark.parametrize("x", [1, 2])
def test_a_wide_character_is_taken_whole(emulator: Emulator, x: int) -> None:
    emulator.feed("a漢b字".encode())
    top = emulator.frame().top
    assert emulator.between(Position(top, x), Position(top, 3)) == "漢b"
    assert emulator.between(Position(top, 0), Position(top, x)) == "a漢"


def test_links_given_by_the_program(emulator: Emulator) -> None:
    emulator.feed(b"a \x1b]8;;https://exemple.fr/aide\x1b\\ici\x1b]8;;\x1b\\ b")
    assert emulator.link_at(2, 0) == emulator.link_at(4, 0) == "https://exemple.fr/aide"
    assert emulator.link_at(0, 0) == emulator.link_at(5, 0) == ""
    assert emulator.link_at(99, 99) == emulator.link_at(-1, -1) == ""


@pytest.mark.parametrize("selection", [b"c", b"p", b"s", b""])
@pytest.mark.parametrize("end", [b"\x07", b"\x1b\\"])
def test_the_guest_neither_sets_nor_reads_a_clipboard(
    emulator: Emulator, selection: bytes, end: bytes
) -> None:
    assert emulator.feed(b"\x1b]52;%s;cm0gLXJm%s" % (selection, end)) == b""
    assert emulator.feed(b"\x1b]52;%s;?%s" % (selection, end)) == b""
    assert emulator.text() == ""


@pytest.mark.parametrize("columns", [80, 200, 500])
def test_the_default_core_keeps_what_is_asked_whatever_the_width(columns: int) -> None:
    emulator = GhosttyEmulator(columns, 30)
    for _ in range(3):
        emulator.feed((b"x" * (columns - 1) + b"\r\n") * 5000)
    # Forgotten by whole pages of rows.
    assert 0.9 * SCROLLBACK_LINES < len(emulator.history().rows) <= SCROLLBACK_LINES + 100


def test_nothing_copied_can_control_another_terminal(emulator: Emulator) -> None:
    emulator.feed(b"a\x7f\x01\x9d" + "b\N{RIGHT-TO-LEFT OVERRIDE}c\x85\x9b".encode())
    assert emulator.history().rows[0].text.isprintable()
    assert whole(emulator, emulator.frame().top).isprintable()


def test_memory_stops_growing_once_the_scrollback_is_full() -> None:
    emulator = GhosttyEmulator(200, 30)
    # Every line has colours of its own, which are kept beside the cells.
    lines = b"".join(
        b"\x1b[38;2;%d;%d;9m%s\r\n" % (n >> 8, n & 255, b"x" * 199) for n in range(12_000)
    )
    before = resident()
    emulator.feed(lines)
    full = resident()
    for _ in range(4):
        emulator.feed(lines)
        emulator.frame()
    assert full - before < 80 * 2**20
    assert resident() - full < 8 * 2**20


def resident() -> int:
    """Bytes of memory held by this process (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_the_other_core_keeps_about_as_much() -> None:
    emulator = BitttyEmulator(80, 30, scrollback=1000)
    emulator.feed(b"x" * 79 + b"\r\n")
    emulator.feed((b"x" * 79 + b"\r\n") * 3000)
    assert 0.9 * 1000 < len(emulator.history().rows) <= 1300


@pytest.mark.parametrize("text", ["a", "ligne 119", "absent"])
def test_a_full_history_is_searched_between_two_letters(text: str) -> None:
    emulator = GhosttyEmulator(120, 40)
    emulator.feed(b"".join(b"ligne %d %s\r\n" % (n, b"a" * 90) for n in range(12_000)))
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        found = find(emulator.history(), text)
        best = min(best, time.perf_counter() - start)
    assert bool(found) is (text != "absent")
    assert best < 0.3


def test_of_too_many_matches_the_newest_are_found() -> None:
    history = History(3, tuple(Row("aa") for _ in range(MOST_MATCHES)))
    found = find(history, "a")
    assert len(found) == MOST_MATCHES
    assert found[-1] == (Piece(MOST_MATCHES + 2, 1, "a"),)
    assert list(found) == sorted(found, key=lambda match: (match[0].row, match[0].start))


def test_finding_joins_rows_and_follows_case() -> None:
    history = History(7, (Row("un Deux"), Row("abcde", wrapped=True), Row("fgh deux"), Row("")))
    assert find(history, "deux") == ((Piece(7, 3, "Deux"),), (Piece(9, 4, "deux"),))
    assert find(history, "Deux") == ((Piece(7, 3, "Deux"),),)
    assert find(history, "def") == ((Piece(8, 3, "de"), Piece(9, 0, "f")),)
    assert find(history, "hd") == find(history, "") == find(history, ".") == ()
    assert find(History(0, (Row("fin", wrapped=True),)), "in") == ((Piece(0, 1, "in"),),)
