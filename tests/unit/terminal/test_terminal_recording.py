"""Recordings: what is kept, how, and how it is said again."""

import json
import os
import stat
from pathlib import Path

import pytest

from pcapra_lab.errors import LabError
from pcapra_lab.terminal.recording import Event, Recorder, play, read


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def recorder(folder: Path, clock: Clock, most: int = 10_000) -> Recorder:
    return Recorder(folder / "un.cast", "srv", (80, 24), clock=clock, most=most)


def test_a_recording_is_asciicast_and_nobody_elses(tmp_path: Path, clock: Clock) -> None:
    made = recorder(tmp_path, clock)
    clock.now += 1.5
    made.output(b"d\xc3")
    made.output(b"\xa9j\xc3\xa0\xff\x1b[1m")
    clock.now += 1
    made.resize(100, 30)
    made.close()
    made.output(b"trop tard")
    header, *events = [json.loads(line) for line in made.path.read_text().splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert header["title"] == "srv"
    assert events == [[1.5, "o", "d"], [1.5, "o", "éjà�\x1b[1m"], [2.5, "r", "100x30"]]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_every_event_is_on_the_disk_at_once_and_a_cut_line_is_left_out(
    tmp_path: Path, clock: Clock
) -> None:
    made = recorder(tmp_path, clock)
    made.output(b"un")
    with made.path.open("a") as file:
        file.write('[0.1, "o", "cou')
    header, events = read(made.path)
    assert list(events) == [Event(0.0, "un")]
    assert (header.title, header.width, header.height) == ("srv", 80, 24)
    made.close()


def test_a_file_there_already_is_kept(tmp_path: Path, clock: Clock) -> None:
    recorder(tmp_path, clock).close()
    before = (tmp_path / "un.cast").read_bytes()
    with pytest.raises(FileExistsError):
        recorder(tmp_path, clock)
    assert (tmp_path / "un.cast").read_bytes() == before


def test_a_recording_is_bounded_and_says_so(tmp_path: Path, clock: Clock) -> None:
    made = recorder(tmp_path, clock, most=400)
    while made.active:
        made.output(b"x" * 50)
    assert made.problem == "la taille maximale est atteinte"
    assert made.path.stat().st_size <= 400
    assert len(list(read(made.path)[1])) > 1


def test_a_full_disk_ends_the_recording_not_the_shell(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr("os.open", lambda *_: full)
    made = recorder(tmp_path, clock)
    made.output(b"perdu")
    assert not made.active
    assert made.problem == "No space left on device"


def test_playing_keeps_the_times(clock: Clock) -> None:
    said: list[tuple[float, str]] = []
    events = [Event(0.5, "a"), Event(2.5, "b"), Event(2.5, "c")]

    def write(text: str) -> None:
        said.append((clock.now, text))
        clock.now += 0.1

    play(iter(events), write, speed=0.5, sleep=clock.sleep, clock=clock)
    assert said == [(101.0, "a"), (105.0, "b"), (pytest.approx(105.1), "c")]


@pytest.mark.parametrize(
    "text", ["", "bonjour\n", "[1, 2]\n", '{"version": 1}\n', '{"version": 2}\n']
)
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "autre"
    path.write_text(text)
    with pytest.raises(LabError, match="asciicast"):
        read(path)


def test_a_line_that_is_no_event_is_named(tmp_path: Path, clock: Clock) -> None:
    recorder(tmp_path, clock).close()
    path = tmp_path / "un.cast"
    path.write_text(path.read_text() + '[0.1, "o", "a"]\n{}\n[0.2, "o", "b"]\n')
    _, events = read(path)
    assert next(events) == Event(0.1, "a")
    with pytest.raises(LabError, match="ligne 3"):
        next(events)
