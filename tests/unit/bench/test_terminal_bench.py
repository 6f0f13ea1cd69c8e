"""What the terminal's benchmark feeds, counts and says."""

from pathlib import Path

import pytest

from bench import report
from bench.terminal.outer import ink
from bench.terminal.streams import STREAMS
from bench.terminal.table import BEGIN, END, Results, table
from pcapra_lab.terminal import create_emulator


def results(
    *, core: float = 60.0, gap: float = 40.0, key: float = 5.0, paint: float = 0.3
) -> Results:
    return Results(
        core={("ours", "plain"): [core, core], ("pyte", "plain"): [1.0, 1.0]},
        widget={("ours", "plain"): [11.0, 11.0], ("pyte", "plain"): [1.0, 1.0]},
        gap={"plain": [20.0, gap]},
        keys={"p50": [2.0], "p95": [key], "link p50": [0.1], "link p95": [0.2]},
        paint={"bare": [0.2], "ours": [paint], "posting": [0.5]},
    )


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_the_same_each_time_and_ends_on_a_whole_piece(name: str) -> None:
    data = STREAMS[name](10_000)
    assert data == STREAMS[name](10_000)
    assert 10_000 <= len(data) < 10_300
    assert data.decode("utf-8")
    emulator = create_emulator(120, 40)
    emulator.feed(data)
    assert "sauvegarde" in emulator.text()


def test_ink_is_what_can_be_seen() -> None:
    assert ink(b"\x1b[?1049h\x1b[1;31m  ab\x1b[0m\r\n\x1b]0;titre\x07c\x1b(B\x1bP>|x\x1b\\") == 3


def test_all_bars_met() -> None:
    text = table(results(), "host", 50)
    assert "not met" not in text
    assert text.count(": met") == 5


@pytest.mark.parametrize(
    ("missed", "line"),
    [
        ({"core": 49.0}, "| emulator, plain |"),
        ({"gap": 101.0}, "| longest frame gap, 50 MB plain |"),
        ({"key": 10.3}, "| key to screen, p95 |"),
        ({"paint": 0.41}, "| pcapra-lab |"),
    ],
)
def test_a_bar_missed_is_said_on_its_line(missed: dict[str, float], line: str) -> None:
    rows = [row for row in table(results(**missed), "host", 50).splitlines() if "not met" in row]
    assert len(rows) == 1
    assert rows[0].startswith(line)


def test_under_twice_the_bare_app_but_slower_than_a_peer_is_not_met() -> None:
    made = results()
    made.paint["harlequin"] = [0.25]
    assert "under all peers: **not met**" in table(made, "host", 50)


def test_a_peer_that_does_not_start_is_said() -> None:
    made = results()
    made.absent.add("harlequin")
    assert "painted nothing on this host: harlequin." in table(made, "host", 50)


def test_each_table_has_its_own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = report.README.read_text(encoding="utf-8")
    scratch = tmp_path / "README.md"
    scratch.write_text("a\n<!-- x -->\nold\n<!-- y -->\nb\n<!-- z -->\n", encoding="utf-8")
    monkeypatch.setattr(report, "README", scratch)
    report.write("new", "<!-- x -->", "<!-- y -->")
    assert scratch.read_text() == "a\n<!-- x -->\nnew\n<!-- y -->\nb\n<!-- z -->\n"
    for mark in (report.BEGIN, report.END, BEGIN, END):
        assert readme.count(mark) == 1
