"""Going back to a step, and being brought to one."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_playground import Desk, open_desk

from pcapra_lab.errors import Cancelled, LabError, VmError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.api import StepState
from pcapra_lab.session.trainee import LabSession

NOBODY = threading.Event()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def session(desk: Desk) -> LabSession:
    opened = desk.session()
    opened.start(ignore, NOBODY)
    return opened


def finish(session: LabSession) -> None:
    assert session.solve_until("fin", ignore, NOBODY) is None


def points(session: LabSession) -> list[str]:
    return [one.step for one in session.checkpoints()]


def test_each_green_step_leaves_a_checkpoint_with_its_size(desk: Desk, session: LabSession) -> None:
    assert points(session) == []
    desk.ground.passing.add("installe")
    assert session.check().green
    assert points(session) == ["incident"]
    finish(session)
    assert points(session) == ["incident", "apres", "fin"]
    assert [one.mib for one in session.checkpoints()] == [190, 190, 190]
    assert session.checkpoints()[-1].title == "Exercice terminé"


def test_rewinding_brings_back_the_machines_and_the_step_and_keeps_the_points(
    desk: Desk, session: LabSession
) -> None:
    finish(session)
    earned = session.state().earned
    session.rewind("incident", ignore, NOBODY)
    state = session.state()
    assert state.current_step == "incident"
    assert state.steps[1].state is StepState.CURRENT
    assert state.earned == earned
    assert desk.ground.passing == {"installe"}, "the incident is there again"
    assert desk.ground.ran.count("setup/incident.sh") == 1, "it is in the saved state"
    assert not session.check().green


def test_a_step_gone_back_to_that_a_newer_course_lacks_is_not_where_one_is(
    desk: Desk, session: LabSession
) -> None:
    desk.progress.enter("panne", "disparue")
    desk.progress.move("panne", "disparue")
    assert session.state().current_step == "avant"
    assert session.check().step == "avant"


def test_a_step_passed_again_leads_to_the_next_whose_setup_runs_again(
    desk: Desk, session: LabSession
) -> None:
    finish(session)
    session.rewind("avant", ignore, NOBODY)
    assert desk.ground.passing == set(), "the first step begins at the prepared state"
    desk.ground.passing.add("installe")
    assert session.check().green
    assert session.state().current_step == "incident"
    assert desk.ground.ran.count("setup/incident.sh") == 2


def test_one_may_rewind_forward_again_and_to_the_end(desk: Desk, session: LabSession) -> None:
    finish(session)
    session.rewind("avant", ignore, NOBODY)
    session.rewind("apres", ignore, NOBODY)
    assert session.state().current_step == "apres"
    session.rewind("fin", ignore, NOBODY)
    assert session.state().current_step is None
    assert desk.session().state().current_step is None, "another process agrees"


def test_the_recovery_time_of_a_step_done_again_is_measured_again(
    desk: Desk, session: LabSession
) -> None:
    finish(session)
    assert len(desk.progress.rto_results("panne")) == 1
    session.rewind("incident", ignore, NOBODY)
    assert session.solve(ignore).green
    assert len(desk.progress.rto_results("panne")) == 2


def test_a_step_never_reached_or_unknown_cannot_be_rewound_to(session: LabSession) -> None:
    with pytest.raises(LabError, match="« apres »") as missing:
        session.rewind("apres", ignore, NOBODY)
    assert "solve --until apres" in missing.value.hint
    with pytest.raises(LabError, match="n'existe pas") as unknown:
        session.rewind("nulle-part", ignore, NOBODY)
    assert "avant, incident, apres" in unknown.value.hint
    assert session.state().current_step == "avant"


def test_a_full_disk_costs_the_checkpoint_not_the_step(desk: Desk, session: LabSession) -> None:
    desk.ground.full = True
    desk.ground.passing.add("installe")
    told: list[LabEvent] = []
    assert session.check(on_event=told.append).green
    assert session.state().current_step == "incident"
    assert points(session) == []
    assert any(e.phase is Phase.SNAPSHOT and "place insuffisante" in e.detail for e in told), (
        "the trainee is told"
    )


def test_solving_until_a_step_stops_at_its_beginning(desk: Desk, session: LabSession) -> None:
    assert session.solve_until("apres", ignore, NOBODY) is None
    state = session.state()
    assert state.current_step == "apres"
    assert [s.state for s in state.steps[:2]] == [StepState.HELPED, StepState.HELPED]
    with pytest.raises(LabError, match="déjà passée") as behind:
        session.solve_until("avant", ignore, NOBODY)
    assert "rewind avant" in behind.value.hint


def test_solving_until_a_step_stops_where_a_solution_does_not_work(
    desk: Desk, session: LabSession
) -> None:
    desk.ground.failing_scripts["solution/20-srv.sh"] = VmError("srv", "raté")
    with pytest.raises(VmError, match="raté"):
        session.solve_until("fin", ignore, NOBODY)
    assert session.state().current_step == "incident"
    desk.ground.failing_scripts.clear()
    desk.ground.errors.add("repond")
    stuck = session.solve_until("fin", ignore, NOBODY)
    assert stuck is not None and stuck.step == "incident" and not stuck.green


def test_solving_until_a_step_can_be_stopped_between_two(desk: Desk, session: LabSession) -> None:
    stop = threading.Event()

    def after_the_first(event: LabEvent) -> None:
        if event.detail == "étape « Réparer »":
            stop.set()

    with pytest.raises(Cancelled):
        session.solve_until("fin", after_the_first, stop)
    assert session.state().current_step == "incident"
