"""What both cores must do, by xterm's control sequences."""

import pytest

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.terminal import (
    DEFAULT_BACKGROUND,
    CellStyle,
    Color,
    Cursor,
    Emulator,
    MouseTracking,
    create_emulator,
    restart,
)
from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator


@pytest.fixture(params=[GhosttyEmulator, BitttyEmulator], ids=["ghostty", "bittty"])
def emulator(request: pytest.FixtureRequest) -> Emulator:
    """Each core in turn, on a grid of 40x10."""
    core: type[GhosttyEmulator] | type[BitttyEmulator] = request.param
    return core(40, 10)


def screen(emulator: Emulator) -> list[str]:
    """The rows shown, without what is blank at the end."""
    frame = emulator.frame(full=True)
    rows = [frame.lines[y].text.rstrip() for y in range(frame.rows)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def style_of(emulator: Emulator, text: str) -> CellStyle:
    """The style of the one run that is ``text``."""
    lines = emulator.frame(full=True).lines.values()
    [style] = [run.style for line in lines for run in line.runs if run.text == text]
    return style


def cursor(emulator: Emulator) -> tuple[int, int]:
    position = emulator.frame().cursor
    return position.x, position.y


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b[4;7H", (6, 3)),
        (b"\x1b[H", (0, 0)),
        (b"\x1b[99;99H", (39, 9)),
        (b"\x1b[5;5H\x1b[2A\x1b[3C", (7, 2)),
        (b"\x1b[5;5H\x1b[2B\x1b[3D", (1, 6)),
        (b"\x1b[6d\x1b[9G", (8, 5)),
        (b"abc\r\n\tx", (9, 1)),
        (b"\x1b[3;3H\x1b7\x1b[9;9H\x1b8", (2, 2)),
        (b"abc\b\b", (1, 0)),
    ],
)
def test_the_cursor_is_addressed(
    emulator: Emulator, data: bytes, expected: tuple[int, int]
) -> None:
    emulator.feed(data)
    assert cursor(emulator) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"abc\x1b[2D\x1b[K", ["a"]),
        (b"abc\x1b[1;2H\x1b[P", ["ac"]),
        (b"abc\x1b[1;2H\x1b[@", ["a bc"]),
        (b"abc\x1b[1;2H\x1b[X", ["a c"]),
        (b"a\x1b[3b", ["aaaa"]),
        (b"a\r\nb\r\nc\x1b[2;1H\x1b[M", ["a", "c"]),
        (b"a\r\nb\x1b[1;1H\x1b[L", ["", "a", "b"]),
        (b"abc\x1b[2J\x1b[Hx", ["x"]),
        (b"x" * 41, ["x" * 40, "x"]),
        (b"\x1b[?7l" + b"x" * 50, ["x" * 40]),
    ],
)
def test_text_is_edited(emulator: Emulator, data: bytes, expected: list[str]) -> None:
    emulator.feed(data)
    assert screen(emulator) == expected


def test_scrolling_stays_in_its_region(emulator: Emulator) -> None:
    emulator.feed(b"\r\n".join(b"%d" % n for n in range(10)))
    emulator.feed(b"\x1b[3;5r\x1b[5;1H\n")
    assert screen(emulator) == ["0", "1", "3", "4", "", "5", "6", "7", "8", "9"]
    emulator.feed(b"\x1b[3;1H\x1bM")
    assert screen(emulator) == ["0", "1", "", "3", "4", "5", "6", "7", "8", "9"]


def test_the_alternate_screen_gives_back_what_was_there(emulator: Emulator) -> None:
    emulator.feed(b"avant\r\n\x1b[31m\x1b[?1049h\x1b[Hpendant")
    assert screen(emulator) == ["pendant"]
    assert emulator.frame().modes.alternate_screen
    emulator.feed(b"\x1b[?1049l")
    assert screen(emulator) == ["avant"]
    assert cursor(emulator) == (0, 1)
    assert not emulator.frame().modes.alternate_screen


@pytest.mark.parametrize(
    ("sgr", "foreground", "background"),
    [
        (b"31;44", 1, 4),
        (b"93;102", 11, 10),
        (b"38;5;208", 208, None),
        (b"48;5;17", None, 17),
        (b"38;2;1;2;3", (1, 2, 3), None),
        (b"48;2;250;251;252", None, (250, 251, 252)),
        (b"38:2::9:8:7", (9, 8, 7), None),
        (b"31;39", None, None),
    ],
)
def test_colours(emulator: Emulator, sgr: bytes, foreground: Color, background: Color) -> None:
    emulator.feed(b"\x1b[" + sgr + b"mX\x1b[0m.")
    frame = emulator.frame()
    style = frame.lines[0].runs[0].style
    assert (style.foreground, style.background) == (foreground, background)


@pytest.mark.parametrize(
    ("number", "attribute"),
    [
        (1, "bold"),
        (2, "dim"),
        (3, "italic"),
        (4, "underline"),
        (5, "blink"),
        (7, "reverse"),
        (8, "conceal"),
        (9, "strike"),
    ],
)
def test_attributes(emulator: Emulator, number: int, attribute: str) -> None:
    emulator.feed(b"\x1b[%dmX\x1b[0m." % number)
    assert style_of(emulator, "X") == CellStyle(**{attribute: True})


def test_erasing_keeps_the_background(emulator: Emulator) -> None:
    emulator.feed(b"\x1b[44m\x1b[K\x1b[48;2;1;2;3m\x1b[2;1H\x1b[K")
    lines = emulator.frame().lines
    assert [run.style for run in lines[0].runs] == [CellStyle(background=4)]
    assert [run.style for run in lines[1].runs] == [CellStyle(background=(1, 2, 3))]


def test_dec_line_drawing(emulator: Emulator) -> None:
    emulator.feed(b"\x1b(0lqk\x1b(Bq\x0e\x1b)0x\x0fx")
    assert screen(emulator) == ["┌─┐q│x"]


@pytest.mark.parametrize(
    ("number", "name"), [(1, "application_cursor"), (2004, "bracketed_paste"), (1006, "mouse_sgr")]
)
def test_modes_are_followed(emulator: Emulator, number: int, name: str) -> None:
    assert not getattr(emulator.frame().modes, name)
    emulator.feed(b"\x1b[?%dh" % number)
    assert getattr(emulator.frame().modes, name)
    emulator.feed(b"\x1b[?%dl" % number)
    assert not getattr(emulator.frame().modes, name)


@pytest.mark.parametrize("tracking", [t for t in MouseTracking if t])
def test_mouse_tracking_is_followed(emulator: Emulator, tracking: MouseTracking) -> None:
    emulator.feed(b"\x1b[?%dh" % tracking)
    assert emulator.frame().modes.mouse is tracking
    emulator.feed(b"\x1b[?%dl" % tracking)
    assert emulator.frame().modes.mouse is MouseTracking.OFF


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[3;4H\x1b[6n", b"\x1b[3;4R"),
        (b"\x1b[?2004$p", b"\x1b[?2004;2$y"),
    ],
)
def test_status_is_reported(emulator: Emulator, query: bytes, reply: bytes) -> None:
    assert emulator.feed(query) == reply
    assert emulator.feed(b"x") == b""


def test_device_attributes_are_reported(emulator: Emulator) -> None:
    assert emulator.feed(b"\x1b[c").startswith(b"\x1b[?6")
    assert emulator.feed(b"\x1b[>c").startswith(b"\x1b[>")


def test_the_default_core_tells_its_background() -> None:
    reply = GhosttyEmulator(40, 10).feed(b"\x1b]11;?\x07")
    expected = "/".join(f"{c:02x}{c:02x}" for c in DEFAULT_BACKGROUND)
    assert reply == f"\x1b]11;rgb:{expected}\x07".encode()


def test_a_wide_character_takes_two_cells(emulator: Emulator) -> None:
    emulator.feed("漢x".encode())
    runs = emulator.frame().lines[0].runs
    assert (runs[0].text, runs[0].width) == ("漢", 2)
    assert sum(run.width for run in runs) == 40
    assert cursor(emulator) == (3, 0)


def test_a_wide_character_wraps_whole(emulator: Emulator) -> None:
    emulator.feed(b"x" * 39 + "漢".encode())
    assert screen(emulator) == ["x" * 39, "漢"]


def test_a_decomposed_accent_is_one_glyph_in_the_default_core() -> None:
    emulator = GhosttyEmulator(40, 10)
    emulator.feed("e\N{COMBINING ACUTE ACCENT}x".encode())
    assert emulator.frame().lines[0].runs[0].text == "e\N{COMBINING ACUTE ACCENT}"
    assert cursor(emulator) == (2, 0)


def test_a_character_may_come_in_two_reads(emulator: Emulator) -> None:
    first, second = "é".encode()[:1], "é".encode()[1:]
    emulator.feed(first)
    emulator.feed(second)
    assert screen(emulator) == ["é"]


def test_a_wrapped_line_is_known(emulator: Emulator) -> None:
    emulator.feed(b"x" * 45 + b"\r\nfin")
    lines = emulator.frame().lines
    assert [lines[y].wrapped for y in range(3)] == [True, False, False]


def test_only_what_changed_is_given(emulator: Emulator) -> None:
    assert len(emulator.frame().lines) == 10
    emulator.feed(b"\x1b[4;1Hx")
    assert 3 in (changed := emulator.frame().lines)
    assert len(changed) <= 2
    assert not emulator.frame().lines
    assert len(emulator.frame(full=True).lines) == 10


def test_history_is_scrolled_and_left(emulator: Emulator) -> None:
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(50)))
    assert screen(emulator)[0] == "ligne 41"
    emulator.scroll(-5)
    frame = emulator.frame()
    assert (frame.lines[0].text.rstrip(), frame.scrolled) == ("ligne 36", 5)
    assert frame.cursor == Cursor(0, 0, visible=False)
    emulator.scroll(-1000)
    assert emulator.frame().lines[0].text.rstrip() == "ligne 0"
    emulator.scroll_to_bottom()
    frame = emulator.frame()
    assert (frame.lines[0].text.rstrip(), frame.scrolled) == ("ligne 41", 0)


def test_output_does_not_move_a_scrolled_view(emulator: Emulator) -> None:
    emulator.feed(b"".join(b"ligne %d\r\n" % n for n in range(50)))
    emulator.scroll(-5)
    emulator.feed(b"encore\r\n" * 3)
    assert screen(emulator)[0] == "ligne 36"
    assert emulator.frame().scrolled == 8


def test_all_the_text_is_given(emulator: Emulator) -> None:
    lines = [f"ligne {n}" for n in range(50)]
    emulator.feed("\r\n".join(lines).encode())
    assert emulator.text().splitlines() == lines


def test_a_hidden_cursor(emulator: Emulator) -> None:
    emulator.feed(b"\x1b[?25l")
    assert not emulator.frame().cursor.visible


@pytest.mark.parametrize(
    ("asked", "given"),
    [((100, 30), (100, 30)), ((1, 1), (20, 5)), ((0, -3), (20, 5)), ((99_999, 99_999), (500, 300))],
)
def test_sizes_are_clamped(
    emulator: Emulator, asked: tuple[int, int], given: tuple[int, int]
) -> None:
    emulator.resize(*asked)
    frame = emulator.frame()
    assert (frame.columns, frame.rows) == given
    assert len(frame.lines) == given[1]


def test_a_program_cannot_choose_the_size(emulator: Emulator) -> None:
    emulator.feed(b"\x1b[8;1;1t\x1b[8;999;999t")
    frame = emulator.frame()
    assert (frame.columns, frame.rows) == (40, 10)


def test_nothing_shown_can_control_the_outer_terminal(emulator: Emulator) -> None:
    emulator.feed(b"a\x7f\x01\x9d" + "b\N{RIGHT-TO-LEFT OVERRIDE}c\x85\x9b".encode())
    text = "".join(line.text for line in emulator.frame().lines.values())
    assert text.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b",
        b"\x1b[",
        b"\x1b[999999999999999999999;;;;m",
        b"\x1b[" + b"1;" * 5000 + b"m",
        b"\x1b]0;" + b"x" * 100_000,
        b"\x1bP" + b"\xff" * 1000,
        b"\xff\xfe\xc3\xc3\x28\xf0\x9f",
        b"\x1b[-1;-1H",
        b"\x1b[0;0r\x1b[99;1r\n",
        b"\x1b[38;5m\x1b[38;2;1m\x1b[38;5;999mX",
        b"\x1b[2147483648@\x1b[4294967296L\x1b[99999b",
        bytes(range(256)) * 4,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_malformed_or_truncated_input_leaves_a_working_terminal(
    emulator: Emulator, data: bytes
) -> None:
    emulator.feed(data)
    emulator.feed(b"\x18\x1b\\\x1bc")
    emulator.feed(b"encore vivant")
    assert screen(emulator) == ["encore vivant"]


def test_another_shell_starts_below_what_was_there(emulator: Emulator) -> None:
    emulator.feed(b"historique\r\n$ vim")
    emulator.feed(
        b"\x1b[?1049h\x1b[?1003;1006;2004;1h\x1b[2;4r\x1b[?6h\x1b[7m\x1b(0\x1b[?25l~\x1b]0;coup"
    )
    restart(emulator)
    emulator.feed(b"$ q")
    assert screen(emulator) == ["historique", "$ vim", "$ q"]
    frame = emulator.frame(full=True)
    assert frame.lines[2].runs[0].style == CellStyle()
    assert frame.cursor == Cursor(3, 2)
    assert frame.modes == type(frame.modes)()


def test_the_core_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PCAPRA_EMULATOR", raising=False)
    assert isinstance(create_emulator(), GhosttyEmulator)
    monkeypatch.setenv("PCAPRA_EMULATOR", "bittty")
    assert isinstance(create_emulator(), BitttyEmulator)
    monkeypatch.setenv("PCAPRA_EMULATOR", "pyte")
    with pytest.raises(EnvironmentProblem, match="pyte") as raised:
        create_emulator()
    assert "PCAPRA_EMULATOR=ghostty" in raised.value.hint
