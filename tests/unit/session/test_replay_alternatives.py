"""Other right ways: each is played from the step's beginning, and must be green."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_playground import MAKES_PASS, Desk, open_desk

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay import Replay, ReplayResult

ALTERNATIVE = """\
    alternatives:
      - id: a-la-main
        title: À la main
        solution:
          - {vm: srv, script: solution/21-a-la-main.sh}
  - id: apres
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        folder = opened.installation.catalogue.root / "exercises/panne"
        path = folder / "exercise.yaml"
        path.write_text(path.read_text().replace("  - id: apres\n", ALTERNATIVE))
        (folder / "solution/21-a-la-main.sh").write_text("#!/bin/sh\n")
        monkeypatch.setitem(MAKES_PASS, "solution/21-a-la-main.sh", {"repond", "redemarre"})
        yield opened


def play(
    desk: Desk, cancel: threading.Event, stop_after: str = "", until: str | None = None
) -> ReplayResult:
    def on_row(row: Row) -> None:
        if row.stage == stop_after:
            cancel.set()

    replay = Replay(desk.installation, "panne", "graine", mutants=None, on_row=on_row)
    return replay.run(ignore, cancel, until=until)


def bad(result: ReplayResult) -> list[tuple[str, str, str]]:
    return [(row.step, row.stage, row.detail) for row in result.rows if not row.ok]


def test_it_starts_from_the_steps_beginning_and_the_next_step_from_its_end(desk: Desk) -> None:
    result = play(desk, threading.Event(), until="apres")
    assert result.ok
    assert [r.stage for r in result.rows if r.step == "incident"] == [
        "rouge avant", "vert après", "mutant fige", "autre solution a-la-main",
    ]  # fmt: skip
    rewinds = [call for call in desk.ground.calls if call.startswith("rewind")]
    assert rewinds[-3:] == ["rewind fin-incident", "rewind debut-incident", "rewind fin-incident"]
    assert set(desk.ground.saved) == {"fin-apres"}, "its beginning is not kept"
    assert result.mutants == 1 + 2, "an alternative is no mutant"


def test_one_that_is_not_green_is_told_and_the_replay_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "solution/21-a-la-main.sh", {"repond"})
    result = play(desk, threading.Event())
    [(step, stage, detail)] = bad(result)
    assert (step, stage) == ("incident", "autre solution a-la-main")
    assert "redemarre (fail) devrait réussir" in detail
    assert result.rows[-2].step == "apres"


def test_one_whose_script_fails_is_told(desk: Desk) -> None:
    desk.ground.failing_scripts["solution/21-a-la-main.sh"] = VmError("srv", "code 1")
    [(_, stage, detail)] = bad(play(desk, threading.Event()))
    assert (stage, detail) == ("autre solution a-la-main", "la solution échoue : srv : code 1")


def test_a_cancel_is_obeyed_before_it_is_graded(desk: Desk) -> None:
    with pytest.raises(Cancelled):
        play(desk, threading.Event(), stop_after="mutant fige")
    assert "fin-incident" in desk.ground.saved
