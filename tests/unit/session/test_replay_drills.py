"""A drill in a replay: its fault is made for the checks to be red, and undone before a mutant."""

import threading
from pathlib import Path

import fake_playground
import pytest
from fake_playground import MAKES_PASS, open_desk
from session_course import COURSE

from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.replay import Replay

EXERCISE = "exercises/panne/exercise.yaml"
DRILL = """\
    drill:
      title: Un matin
      writer: {vm: srv, path: /srv/registre}
      fault: {inject: {kind: freeze, vm: web}}
    alternatives:
      - id: a-la-main
        title: À la main
        solution:
          - {vm: srv, script: solution/20-srv.sh}
"""


def test_the_fault_is_made_for_each_solution_and_never_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = COURSE[EXERCISE].replace("    objective: {rto: 10m}\n", DRILL)
    text = text.replace("    setup:\n      - {vm: srv, script: setup/incident.sh}\n", "")
    monkeypatch.setitem(COURSE, EXERCISE, text)
    # Without its fault the step would be green from its beginning.
    monkeypatch.setitem(MAKES_PASS, "solution/10-srv.sh", {"installe", "repond", "redemarre"})
    monkeypatch.setitem(fake_playground.BREAKS, "freeze", {"repond", "redemarre"})
    with open_desk(tmp_path, monkeypatch) as desk:
        replay = Replay(desk.installation, "panne", "g", mutants=None, on_row=lambda _row: None)
        result = replay.run(ignore, threading.Event())
        assert result.ok, [row for row in result.rows if not row.ok]
        stages = [row.stage for row in result.rows if row.step == "incident"]
        assert stages == ["rouge avant", "vert après", "mutant fige", "autre solution a-la-main"]
        made = [c for c in desk.ground.calls if c.startswith(("inject", "lift", "rewind"))]
        first = made.index("inject freeze")
        assert made[first : first + 2] == ["inject freeze", "lift freeze-1"]
        assert made.count("inject freeze") == made.count("lift freeze-1") == 2
        last = len(made) - made[::-1].index("inject freeze") - 1
        assert made[last - 1] == "rewind debut-incident"
        assert desk.ground.faults == {}
        assert not [c for c in desk.ground.calls if c.startswith("root")], "no writer is needed"
