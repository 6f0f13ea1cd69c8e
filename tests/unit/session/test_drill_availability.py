"""A drill that is measured by what clients see: the client is the real one, run here."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cut_service import CutService, How, Instant
from drill_course import Drill, planted
from local_machine import wait_for

from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.ribbon import Cell
from pcapra_lab.errors import LabError
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session import drill_run
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.striking import Struck
from pcapra_lab.session.trainee import LabSession

SEEN = """\
      availability:
        vm: web
        hold: 1s
        probes:
          - {{id: page, title: "Page de {{{{client}}}}", type: http, timeout: 2s, every: 50ms,
             url: "http://127.0.0.1:{port}/{{{{client}}}}"}}
        states:
          - {{id: etat, title: État, type: output, vm: srv, run: [echo, streaming], timeout: 5s}}
"""


@pytest.fixture
def service() -> Iterator[CutService]:
    made = CutService()
    yield made
    made.end()


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: CutService) -> Iterator[Drill]:
    def struck(*_said: object) -> Struck:
        gone = service.cut(How.REFUSED)
        return Struck(Mark.between(gone.low, gone.high), None)

    monkeypatch.setattr(drill_run, "strike", struck)
    with planted(tmp_path, monkeypatch, extra=SEEN.format(port=service.port)) as made:
        yield made


def followed(session: LabSession) -> DrillView:
    view = session.drills.follow()
    assert view is not None
    return view


def test_the_recovery_is_the_one_that_clients_saw(one: Drill, service: CutService) -> None:
    session = one.at_the_drill()
    session.drills.declare(600.0, 600.0)
    view = session.drills.start(ignore, threading.Event())
    assert view.phase is DrillPhase.STRUCK and view.ribbon is not None
    assert "{{" not in view.ribbon.lanes[0].title

    def cut() -> bool:
        ribbon = followed(session).ribbon
        return ribbon is not None and ribbon.lanes[0].cells[-1] is Cell.DOWN

    wait_for("a cut on the ribbon", 60, cut)
    assert not session.check().green
    back = service.restore()
    wait_for("the return", 60, lambda: followed(session).phase is DrillPhase.RESTORED)
    running = followed(session)
    assert running.ribbon is not None and running.ribbon.back is not None

    def states() -> list[str]:
        ribbon = followed(session).ribbon
        assert ribbon is not None
        return [span.value for span in ribbon.states[0].spans]

    # A state is looked at by a program of its own, which may be slower than the recovery.
    wait_for("a state on the ribbon", 60, lambda: bool(states()))
    assert states() == ["streaming"]
    view = session.drills.end()
    assert view.result is not None and view.result.rto is not None
    measured = view.result.rto.measure
    assert measured.low <= _true(one, back) <= measured.high
    [seen] = view.result.seen
    assert seen.outage.cuts >= 1 and seen.outage.total.high >= measured.low - 1
    assert view.ribbon is not None and view.ribbon == view.result.ribbon
    assert Cell.DOWN in view.ribbon.lanes[0].cells
    assert not (one.machine.folder.parent / "units/pcapra-sonde.pid").exists(), "it was stopped"
    [again] = session.drills.history()
    assert again.ribbon == view.ribbon, "kept with the result"


def _true(one: Drill, back: Instant) -> float:
    """From the fault, as it is on record, to the return."""
    [record] = one.desk.progress.drills.history("panne")
    return float(back.low - record.data["timeline"]["marks"]["fault"]["at"])


def test_the_drill_s_end_is_no_recovery(one: Drill) -> None:
    session = one.at_the_drill()
    session.drills.declare(600.0, None)
    session.drills.start(ignore, threading.Event())
    view = session.drills.end()
    assert view.result is not None and view.result.rto is None
    assert view.result.seen[0].outage.total.uncertainty == float("inf")


def test_what_does_not_answer_before_the_fault_cannot_be_cut(
    one: Drill, service: CutService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill_run, "FIRST_SECONDS", 5.0)
    service.cut(How.REFUSED)
    session = one.at_the_drill()
    session.drills.declare(600.0, None)
    began = time.monotonic()
    with pytest.raises(LabError, match=r"ne répond pas aux sondes \(refused\)") as caught:
        session.drills.start(ignore, threading.Event())
    assert "rewind incident" in caught.value.hint and time.monotonic() - began < 60
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.INTERRUPTED
    assert not (one.machine.folder.parent / "units/pcapra-sonde.pid").exists()
    service.restore()
