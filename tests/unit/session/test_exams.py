"""An exam from its beginning to its verdicts, on a playground without machines."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_playground import Desk, open_desk

from pcapra_lab.content.planning import planned_seconds
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import Outcome
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.exam_check import check_journal
from pcapra_lab.session.api import StepState
from pcapra_lab.session.exam_api import Counted, ExamPhase, ExamView
from pcapra_lab.session.trainee import LabSession

NOBODY = threading.Event()
ALL = {"installe", "repond", "redemarre", "bilan"}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def session(desk: Desk) -> Iterator[LabSession]:
    """In an exam, at its beginning."""
    opened = desk.session()
    opened.exams.start(ignore, NOBODY)
    yield opened
    opened.close()


def kinds(view: ExamView | None) -> list[str]:
    assert view is not None
    return [entry.kind for entry in check_journal(Path(view.journal)).entries]


def submit(desk: Desk, session: LabSession, *passing: str) -> ExamView:
    desk.ground.passing |= set(passing)
    return session.exams.submit(ignore)


def test_an_exam_begins_on_prepared_machines_whatever_was_done_before(desk: Desk) -> None:
    practice = desk.session()
    practice.start(ignore, NOBODY)
    practice.solve(ignore)
    practice.close()
    opened = desk.session()
    view = opened.exams.start(ignore, NOBODY)
    state = opened.state()
    assert (view.phase, view.planned, view.submitted) == (ExamPhase.RUNNING, 1800.0, ())
    assert (state.current_step, state.earned, state.in_exam) == ("avant", 0, True)
    assert "installe" not in desk.ground.passing
    assert kinds(view) == ["start"]
    with pytest.raises(LabError, match="déjà en cours"):
        opened.exams.start(ignore, NOBODY)


def test_nothing_helps_tells_or_goes_back(desk: Desk, session: LabSession) -> None:
    desk.ground.passing |= ALL
    refused: list[tuple[Callable[[], object], str]] = [
        (session.check, "aucune vérification pendant un examen"),
        (session.hint, "aucun indice"),
        (session.solution, "aucune solution"),
        (lambda: session.solve(ignore), "aucune solution"),
        (lambda: session.solve_until("fin", ignore, NOBODY), "aucune solution"),
        (lambda: session.reset(ignore, NOBODY), "aucun retour"),
        (lambda: session.reset(ignore, NOBODY, "srv"), "aucun retour"),
        (lambda: session.rewind("avant", ignore, NOBODY), "aucun retour"),
        (session.delete, "ne se suppriment pas"),
    ]
    for act, words in refused:
        with pytest.raises(LabError, match=words):
            act()
    report = session.check(observe_only=True)
    assert {result.outcome for result in report.results} == {Outcome.PENDING}
    assert (session.checkpoints(), session.way_back()) == ((), None)
    assert desk.progress.attempts("panne") == ()
    assert session.state().current_step == "avant"


def test_a_step_handed_in_is_graded_untold_and_the_next_one_comes(
    desk: Desk, session: LabSession
) -> None:
    view = submit(desk, session)
    assert view.submitted == ("avant",) and view.verdicts == ()
    state = session.state()
    assert state.current_step == "incident"
    assert (state.steps[0].earned, state.steps[0].state) == (0, StepState.SUBMITTED)
    assert state.steps[1].state is StepState.CURRENT
    assert desk.ground.ran[-1] == "setup/incident.sh"
    assert "etape-incident" not in "".join(desk.ground.saved), "an exam keeps no way back"
    assert desk.ground.saved == {}
    assert kinds(view) == ["start", "submit"]


def test_the_end_grades_every_step_once_more(desk: Desk, session: LabSession) -> None:
    submit(desk, session, "installe")
    submit(desk, session)
    # What was missing when the incident was handed in is repaired before the end.
    desk.ground.passing |= {"repond", "redemarre"}
    view = session.exams.finish(ignore)
    assert view.phase is ExamPhase.FINISHED
    assert [(v.step, v.green, v.earned, v.counted) for v in view.verdicts] == [
        ("avant", True, 10, Counted.FINAL),
        ("incident", True, 20, Counted.FINAL),
        ("apres", False, 0, Counted.FINAL),
    ]
    assert (view.earned, view.total) == (30, 40)
    checked = check_journal(Path(view.journal))
    assert checked.sound and checked.head == view.fingerprint
    last, seal = checked.entries[-2:]
    assert seal.kind == "seal" and seal.data["algorithm"] == "ssh-ed25519"
    assert last.kind == "finish" and last.data["earned"] == 30
    assert last.data["verdicts"][1]["submitted"] == {"repond": "fail", "redemarre": "fail"}
    state = session.state()
    assert [s.state for s in state.steps][:2] == [StepState.DONE, StepState.DONE]
    assert (state.current_step, state.earned, state.in_exam) == ("apres", 30, False)
    session.hint()


def test_what_was_right_when_handed_in_counts(desk: Desk, session: LabSession) -> None:
    submit(desk, session, "installe")
    desk.ground.passing.discard("installe")
    view = session.exams.finish(ignore)
    first = view.verdicts[0]
    assert (first.green, first.earned, first.counted) == (True, 10, Counted.SUBMITTED)
    assert check_journal(Path(view.journal)).sound


def test_a_step_whose_incident_never_came_is_not_graded(desk: Desk, session: LabSession) -> None:
    desk.ground.passing |= ALL
    view = session.exams.finish(ignore)
    assert [(v.step, v.earned, v.counted) for v in view.verdicts] == [
        ("avant", 10, Counted.FINAL),
        ("incident", 0, Counted.UNREACHED),
        # Nothing had to happen for this one: it is there or not.
        ("apres", 10, Counted.FINAL),
    ]
    assert session.state().current_step == "incident"


def test_all_handed_in_leaves_only_the_end(desk: Desk, session: LabSession) -> None:
    for _ in range(3):
        submit(desk, session, *ALL)
        desk.ground.passing |= ALL
    assert session.state().current_step is None
    with pytest.raises(LabError, match="toutes les étapes sont rendues"):
        session.exams.submit(ignore)
    with pytest.raises(LabError, match="aucune vérification"):
        session.check()
    assert session.exams.finish(ignore).earned == 40
    assert session.state().current_step is None


def test_a_pause_puts_the_machines_to_sleep_and_is_on_record(
    desk: Desk, session: LabSession
) -> None:
    session.pause(ignore)
    assert session.state().paused and not session.state().ready
    view = session.exams.view()
    assert view is not None and view.phase is ExamPhase.PAUSED
    for act in (session.exams.submit, session.exams.finish):
        with pytest.raises(LabError, match="en pause"):
            act(ignore)
    with pytest.raises(LabError, match="déjà en pause"):
        session.pause(ignore)
    session.resume(ignore, NOBODY)
    assert not session.state().paused and session.state().ready
    assert kinds(session.exams.view()) == ["start", "pause", "sleep", "resume", "open"]


def test_an_exam_cut_short_goes_on_where_it_was(desk: Desk, session: LabSession) -> None:
    submit(desk, session, "installe")
    session.close()
    again = desk.session()
    again.start(ignore, NOBODY)
    assert again.state().current_step == "incident" and again.state().in_exam
    view = again.exams.view()
    assert view is not None and view.submitted == ("avant",)
    assert kinds(view) == ["start", "submit", "leave", "open"]
    again.close()


def kill_before(monkeypatch: pytest.MonkeyPatch, desk: Desk, name: str) -> None:
    """The database is never told what the journal holds already."""

    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.progress.exams, name, killed)


@pytest.mark.parametrize("moment", ["written", "submit"])
def test_a_kill_while_handing_in_loses_nothing(
    desk: Desk, session: LabSession, moment: str
) -> None:
    desk.ground.passing.add("installe")
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, desk, moment)
        with pytest.raises(KeyboardInterrupt):
            session.exams.submit(ignore)
    again = desk.session()
    view = again.exams.view()
    assert view is not None
    if moment == "written":
        assert view.submitted == ("avant",) and again.state().current_step == "incident"
    again.start(ignore, NOBODY)
    assert again.exams.finish(ignore).verdicts[0].green
    again.close()


def test_a_kill_after_the_last_entry_still_ends_the_exam(desk: Desk, session: LabSession) -> None:
    desk.ground.passing.add("installe")
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, desk, "written")
        with pytest.raises(KeyboardInterrupt):
            session.exams.finish(ignore)
    again = desk.session()
    view = again.exams.view()
    assert view is not None and view.phase is ExamPhase.FINISHED
    assert view.earned == 10 and again.state().earned == 10


def test_a_journal_that_is_gone_keeps_nobody_from_leaving(desk: Desk, session: LabSession) -> None:
    view = session.exams.view()
    assert view is not None
    session.start(ignore, NOBODY)
    Path(view.journal).unlink()
    session.close()
    assert desk.ground.calls[-1] == "close", "the lab's lock is given back"
    again = desk.session()
    with pytest.raises(LabError, match="ne peut pas être lu"):
        again.start(ignore, NOBODY)
    again.stop(ignore)
    assert again.exams.abandon().phase is ExamPhase.ABANDONED


def test_a_changed_journal_stops_the_exam_but_not_giving_it_up(
    desk: Desk, session: LabSession
) -> None:
    submit(desk, session)
    view = session.exams.view()
    assert view is not None
    path = Path(view.journal)
    lines = path.read_text().splitlines()
    entry = json.loads(lines[1])
    entry["data"]["outcomes"] = {"installe": "pass"}
    path.write_text("\n".join([lines[0], json.dumps(entry)]) + "\n")
    with pytest.raises(LabError, match="a été modifié"):
        session.exams.finish(ignore)
    assert session.exams.running
    assert session.exams.abandon().phase is ExamPhase.ABANDONED
    assert session.state().current_step == "avant"
    session.hint()


def test_giving_up_is_written_down(session: LabSession) -> None:
    view = session.exams.abandon()
    assert kinds(view) == ["start", "abandon"] and view.verdicts == ()
    with pytest.raises(LabError, match="aucun examen"):
        session.exams.finish(ignore)


def test_an_exam_is_not_graded_without_its_machines(desk: Desk, session: LabSession) -> None:
    desk.ground.powers["srv"] = VmPower.STOPPED
    with pytest.raises(LabError, match="n'est pas démarré"):
        session.exams.finish(ignore)
    assert session.exams.running


def test_the_time_of_the_program_is_not_the_trainees(desk: Desk, session: LabSession) -> None:
    now = [desk.progress.pace.last_seen("panne") or 0.0]
    assert now[0] > 0, "the clock runs from the beginning"
    desk.progress.pace._clock = lambda: now[0]
    now[0] += 7200
    grade = session._play.grade

    def slow(*args: Any, **named: Any) -> Any:
        now[0] += 300
        return grade(*args, **named)

    session._play.grade = slow  # type: ignore[method-assign]
    view = session.exams.submit(ignore)
    assert view.used == 7200.0, "every second counts in an exam, but for grading"
    now[0] += 60
    final = session.exams.finish(ignore)
    assert final.used == 7260.0
    [finish] = [e for e in check_journal(Path(final.journal)).entries if e.kind == "finish"]
    assert finish.data["overtime"] == 7260.0 - planned_seconds("30min")


class Stamp:
    """A key that is no key."""

    def __init__(self, error: LabError | None = None) -> None:
        self.error = error

    def sign(self, digest: str) -> Mapping[str, str] | None:
        if self.error is not None:
            raise self.error
        return {"key": "k", "signature": f"of {digest}"}


def test_a_signer_seals_the_last_entry(session: LabSession) -> None:
    session.exams._register._signer = Stamp()
    view = session.exams.finish(ignore)
    entries = check_journal(Path(view.journal)).entries
    assert [entry.kind for entry in entries[-2:]] == ["finish", "seal"]
    assert entries[-1].data["signature"] == f"of {entries[-2].hash}" == f"of {view.fingerprint}"


def test_a_key_that_fails_does_not_cost_the_exam(session: LabSession) -> None:
    session.exams._register._signer = Stamp(LabError("clé illisible"))
    view = session.exams.finish(ignore)
    assert view.phase is ExamPhase.FINISHED and kinds(view)[-1] == "finish"
