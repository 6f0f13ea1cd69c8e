"""A trainee's way through the steps, on a playground without machines."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_playground import Desk, FakeFaults, open_desk
from pydantic import TypeAdapter

from pcapra_lab.content.faults import FaultSpec
from pcapra_lab.errors import Cancelled, LabError, VmError
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.lab.faults.record import MANUAL
from pcapra_lab.lab.power import VmPower
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
    """Started, at the first step."""
    opened = desk.session()
    opened.start(ignore, NOBODY)
    return opened


def reach_incident(desk: Desk, session: LabSession) -> None:
    desk.ground.passing.add("installe")
    assert session.check().green


def states(session: LabSession) -> list[StepState]:
    return [s.state for s in session.state().steps]


def test_a_new_session_shows_the_way_before_anything_runs(desk: Desk) -> None:
    state = desk.session().state()
    assert (state.exercise, state.current_step, state.ready) == ("panne", "avant", False)
    assert [s.state for s in state.steps] == [
        StepState.CURRENT,
        StepState.LOCKED,
        StepState.LOCKED,
    ]
    assert [s.hints_total for s in state.steps] == [2, 1, 1]
    assert (state.earned, state.total) == (0, 40)
    assert {vm.power for vm in state.vms} == {VmPower.STOPPED}


def test_the_lesson_and_the_hints_carry_the_trainees_parameters(
    desk: Desk, session: LabSession
) -> None:
    text = json.dumps([str(s) for s in session.lesson.sections])
    assert "{{client}}" not in text
    again = desk.session()
    assert again.lesson == session.lesson, "the parameters stay the trainee's"
    session.hint()
    assert "{{" not in session.hint().text


def test_a_red_check_is_an_attempt_and_goes_nowhere(desk: Desk, session: LabSession) -> None:
    report = session.check()
    assert not report.green
    assert session.state().current_step == "avant"
    [attempt] = desk.progress.attempts("panne")
    assert (attempt.step, attempt.green, attempt.outcomes) == ("avant", False, {"installe": "fail"})


def test_a_green_check_earns_the_points_and_begins_the_next_step(
    desk: Desk, session: LabSession
) -> None:
    reach_incident(desk, session)
    state = session.state()
    assert state.current_step == "incident"
    assert [s.state for s in state.steps] == [StepState.DONE, StepState.CURRENT, StepState.LOCKED]
    assert state.earned == 10
    assert desk.ground.ran == ["setup/base.sh", "setup/incident.sh"]


def test_a_steps_setup_runs_once_whatever_the_number_of_processes(
    desk: Desk, session: LabSession
) -> None:
    reach_incident(desk, session)
    session.check()
    session.stop(ignore)
    session.close()
    again = desk.session()
    again.start(ignore, NOBODY)
    again.check()
    assert desk.ground.ran.count("setup/incident.sh") == 1
    assert again.state().current_step == "incident"


def test_a_setup_that_failed_runs_before_the_step_is_graded(
    desk: Desk, session: LabSession
) -> None:
    desk.ground.passing.add("installe")
    desk.ground.failing_scripts["setup/incident.sh"] = VmError("srv", "panne imprévue")
    with pytest.raises(VmError, match="panne imprévue"):
        session.check()
    assert states(session)[0] is StepState.DONE, "the step that was passed stays passed"
    with pytest.raises(VmError, match="panne imprévue"):
        session.check()
    desk.ground.failing_scripts.clear()
    session.check()
    assert desk.ground.ran.count("setup/incident.sh") == 1
    assert desk.progress.steps("panne")["incident"].timeline is not None


def test_a_watchers_look_records_no_attempt_and_never_finishes(
    desk: Desk, session: LabSession
) -> None:
    reach_incident(desk, session)
    desk.ground.passing |= {"repond", "redemarre"}
    report = session.check(observe_only=True)
    assert [r.outcome for r in report.results] == [Outcome.PASS, Outcome.PENDING]
    assert not report.green
    assert session.state().current_step == "incident"
    assert len(desk.progress.attempts("panne")) == 1


def test_a_watcher_that_sees_all_green_leaves_the_step_to_the_trainee(
    desk: Desk, session: LabSession
) -> None:
    desk.ground.passing.add("installe")
    assert session.check(observe_only=True).green
    assert session.state().current_step == "avant"
    assert desk.progress.attempts("panne") == ()


def test_hints_come_in_order_and_the_last_is_the_solution(desk: Desk, session: LabSession) -> None:
    first, second, third, fourth = (session.hint() for _ in range(4))
    assert [h.number for h in (first, second, third, fourth)] == [1, 2, 3, 3]
    assert [h.is_solution for h in (first, second, third, fourth)] == [False, False, True, True]
    assert first.text == "Lisez la section."
    assert "# Sur srv (root)" in third.text and "solution/10-srv.sh" in third.text
    assert "# Sur web (stagiaire)\nset -- web1 'deux mots'\n" in third.text
    assert session.state().steps[0].hints_used == 2


def test_hints_need_no_machine(desk: Desk) -> None:
    session = desk.session()
    assert session.hint().number == 1
    assert session.solution().is_solution
    assert session.state().steps[0].hints_used == 1


def test_each_hint_costs_and_a_solution_costs_all(desk: Desk, session: LabSession) -> None:
    session.hint()
    reach_incident(desk, session)
    first = session.state().steps[0]
    assert first.state is StepState.DONE and 0 < first.earned < first.points
    session.hint()
    session.hint()
    desk.ground.passing |= {"repond", "redemarre"}
    assert session.check().green
    second = session.state().steps[1]
    assert second.state is StepState.HELPED and second.earned == 0


def test_solving_runs_the_solution_in_order_and_marks_the_step(
    desk: Desk, session: LabSession
) -> None:
    events: list[str] = []
    report = session.solve(lambda event: events.append(event.detail))
    assert report.green
    assert desk.ground.ran == [
        "setup/base.sh",
        "solution/10-srv.sh",
        "solution/10-web.sh",
        "setup/incident.sh",
    ]
    assert states(session)[0] is StepState.HELPED
    assert session.state().current_step == "incident"
    assert any("solution/10-srv.sh" in detail for detail in events)


def test_a_cancelled_solution_stops_between_two_scripts_and_grades_nothing(
    desk: Desk, session: LabSession
) -> None:
    cancel = threading.Event()

    def told(event: LabEvent) -> None:
        if "solution/10-web.sh" in event.detail:
            cancel.set()

    with pytest.raises(Cancelled):
        session.solve(told, cancel)
    assert desk.ground.ran == ["setup/base.sh", "solution/10-srv.sh"]
    assert session.state().current_step != "incident"
    assert session.solve(ignore).green


def test_the_whole_way_ends_with_nothing_left(desk: Desk, session: LabSession) -> None:
    for _ in range(3):
        assert session.solve(ignore).green
    state = session.state()
    assert state.current_step is None
    assert {s.state for s in state.steps} == {StepState.HELPED}
    with pytest.raises(LabError, match="toutes les étapes") as caught:
        session.check()
    assert "reset" in caught.value.hint
    resume = desk.progress.resume()
    assert resume is not None and resume.step is None


def test_recovery_time_is_measured_once(desk: Desk, session: LabSession) -> None:
    reach_incident(desk, session)
    red = session.check()
    assert red.rto_seconds is None
    desk.ground.passing |= {"repond", "redemarre"}
    green = session.check()
    assert green.rto_target == 600
    assert green.rto_seconds is not None and 0 <= green.rto_seconds < 600
    [record] = desk.progress.rto_results("panne")
    assert record.step == "incident" and record.met
    assert record.uncertainty_seconds is not None
    assert record.uncertainty_seconds <= record.seconds
    assert session.check().rto_seconds is None, "the next step has no objective"


def test_a_recovery_that_breaks_again_is_neither_green_nor_recorded_twice(
    desk: Desk, session: LabSession
) -> None:
    reach_incident(desk, session)
    play_step = session.exercise.steps[1]
    acting = [c.id for c in play_step.checks if c.effect.value == "act"]
    assert acting == ["redemarre"]
    desk.ground.passing |= {"repond", "redemarre"}
    desk.ground.failing_scripts["setup/incident.sh"] = VmError("srv", "ne doit plus servir")
    # A kill between the measure and the record of the step: the step is still the current one.
    finish = desk.progress.finish

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    desk.progress.finish = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        session.check()
    desk.progress.finish = finish  # type: ignore[method-assign]
    desk.ground.passing.discard("repond")
    assert session.check().rto_seconds is None
    desk.ground.passing.add("repond")
    assert session.check().rto_seconds is not None
    assert len(desk.progress.rto_results("panne")) == 1


def test_an_error_is_not_held_against_the_recovery(desk: Desk, session: LabSession) -> None:
    reach_incident(desk, session)
    desk.ground.errors |= {"repond", "redemarre"}
    report = session.check()
    assert not report.green
    timeline = json.loads(desk.progress.steps("panne")["incident"].timeline or "{}")
    assert "incident" in timeline and "last_red" not in timeline


def test_reset_begins_a_new_run_and_keeps_the_old_one(desk: Desk, session: LabSession) -> None:
    reach_incident(desk, session)
    session.reset(ignore, NOBODY)
    assert desk.ground.calls[-1] == "reset"
    assert session.state().current_step == "avant" and session.state().earned == 0
    assert desk.progress.run_number("panne") == 2
    assert [a.run for a in desk.progress.attempts("panne")] == [1]
    desk.ground.passing.add("installe")
    session.check()
    assert desk.ground.ran.count("setup/incident.sh") == 2, "a new run has its own incident"


def test_reset_of_one_machine_keeps_the_progress(desk: Desk, session: LabSession) -> None:
    reach_incident(desk, session)
    session.reset(ignore, NOBODY, "srv")
    assert desk.ground.calls[-1] == "reset srv etape-incident", "passed steps' work stays"
    assert session.state().current_step == "incident"
    with pytest.raises(LabError, match="« absente » n'existe pas") as caught:
        session.reset(ignore, NOBODY, "absente")
    assert caught.value.hint == "machines : srv, web"


def test_a_lab_prepared_again_starts_from_the_beginning(desk: Desk, session: LabSession) -> None:
    reach_incident(desk, session)
    session.stop(ignore)
    desk.ground.prepared = False
    session.start(ignore, NOBODY)
    assert session.state().current_step == "avant"
    assert desk.progress.run_number("panne") == 2


def test_a_new_process_joins_running_machines_without_starting_them(
    desk: Desk, session: LabSession
) -> None:
    session.close()
    joined = desk.session()
    assert not joined.state().ready
    joined.check()
    assert joined.state().ready
    assert desk.ground.ran == ["setup/base.sh"]


@pytest.mark.parametrize("why", ["stopped", "one stopped", "no daemon", "never prepared"])
def test_a_lab_that_is_not_up_is_refused_with_the_command_to_type(desk: Desk, why: str) -> None:
    ground = desk.ground
    ground.prepared = why != "never prepared"
    ground.daemon = why != "no daemon"
    if why != "stopped":
        ground.all_on()
    if why == "one stopped":
        ground.powers["web"] = VmPower.STOPPED
    session = desk.session()
    words = "est endormi" if why == "no daemon" else "n'est pas démarré"
    asks: list[Callable[[], StepReport]] = [session.check, lambda: session.solve(ignore)]
    for ask in asks:
        with pytest.raises(LabError, match=words) as caught:
            ask()
        assert caught.value.hint == "pcapra-lab up panne"
    if why == "one stopped":
        assert "web à l'arrêt" in caught.value.message
    assert ground.ran == [] and desk.progress.attempts("panne") == ()


@pytest.mark.parametrize(
    ("kind", "accepted"), [("power-cut", True), ("freeze", True), ("link-down", False)]
)
def test_a_machine_that_a_fault_holds_down_does_not_keep_the_others_from_being_graded(
    desk: Desk, kind: str, accepted: bool
) -> None:
    ground = desk.ground
    ground.prepared = True
    ground.all_on()
    spec = TypeAdapter[FaultSpec](FaultSpec).validate_python({"kind": kind, "vm": "web"})
    FakeFaults(ground).inject(spec, MANUAL)
    ground.powers["web"] = VmPower.STOPPED
    if accepted:
        assert desk.session().check().step == "avant"
    else:
        with pytest.raises(LabError, match="n'est pas démarré"):
            desk.session().check()
    ground.powers["srv"] = VmPower.STOPPED
    with pytest.raises(LabError, match="n'est pas démarré"):
        desk.session().check()


def test_shells_are_the_trainees_and_files_are_roots(desk: Desk, session: LabSession) -> None:
    assert session.open_shell("srv", 80, 24) == ("srv", 80, 24)  # type: ignore[comparison-overlap]
    assert desk.ground.calls[-1] == "trainee srv"
    with pytest.raises(LabError, match="« absente »"):
        session.open_shell("absente", 80, 24)
    with pytest.raises(LabError, match="« absente »"):
        session.read_file("absente", "/etc/hosts")


def test_stop_and_close_leave_things_in_order(desk: Desk, session: LabSession) -> None:
    session.stop(ignore)
    assert not session.state().ready
    session.close()
    assert desk.ground.calls == ["down", "close"]


def test_a_command_tells_that_the_machines_are_ready(desk: Desk, session: LabSession) -> None:
    assert desk.session(exclusive=False).state().ready
    session.stop(ignore)
    assert not desk.session(exclusive=False).state().ready


def test_delete_keeps_the_history(desk: Desk, session: LabSession) -> None:
    session.check()
    session.delete()
    assert not session.state().ready
    assert len(desk.progress.attempts("panne")) == 1
