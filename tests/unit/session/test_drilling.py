"""A trainee's drill, from its declaration to its verdict: the writer is the real one, run here."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from drill_course import INJECT, SCRIPT, Drill, planted
from local_machine import wait_for

from pcapra_lab.drills.measures import Verdict
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.grading.results import Outcome
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.records import DrillRecord
from pcapra_lab.session import drill_book
from pcapra_lab.session.drill_api import DrillPhase
from pcapra_lab.session.trainee import LabSession


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    with planted(tmp_path, monkeypatch) as made:
        yield made


def struck(session: LabSession, *, rto: float = 600.0, rpo: float = 600.0) -> None:
    session.drills.declare(rto, rpo)
    view = session.drills.start(ignore, threading.Event())
    assert view.phase is DrillPhase.STRUCK


def test_a_drill_is_measured_from_its_targets_to_its_verdict(one: Drill) -> None:
    session = one.at_the_drill()
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.TO_DECLARE
    assert "{{" not in view.title and view.title.startswith("Un matin chez ")
    view = session.drills.declare(600.0, 0.001)
    assert (view.phase, view.rto_target, view.rpo_target) == (DrillPhase.DECLARED, 600.0, 0.001)
    session.drills.start(ignore, threading.Event())
    backup = one.register.read_bytes()
    view = session.drills.follow()
    assert view is not None and view.writing and view.since_fault is not None
    assert view.bands == () and view.fault == "", "what it is must not be told yet"
    assert view.acknowledged >= 3 and view.since_ack is not None

    one.register.write_bytes(b"payez\n")
    red = session.check()
    assert not red.green and {r.outcome for r in red.results} == {Outcome.FAIL}
    assert session.drills.diagnose("  le registre\nest chiffré ").diagnosis == (
        "le registre est chiffré"
    )
    with pytest.raises(LabError, match="déjà donné"):
        session.drills.diagnose("autre chose")

    def lost_some() -> bool:
        seen = session.drills.follow()
        return seen is not None and seen.acknowledged > backup.count(b"\n") + 3

    wait_for("more writes", 20, lost_some)
    session._play.run(session._play.step("incident").solution)
    one.register.write_bytes(backup.splitlines(keepends=True)[0])
    assert session.check().green
    assert session.state().current_step == "apres"

    view = session.drills.view("incident")
    assert view is not None and view.phase is DrillPhase.ENDED and not view.writing
    result = view.result
    assert result is not None and result.rto and result.rpo and result.loss
    assert result.rto.verdict is Verdict.MET
    assert result.rpo.verdict is Verdict.MISSED and result.loss.last_kept >= 1
    assert result.loss.lost > 0 and result.loss.lost_after > 0
    assert result.detection is not None and result.detection.seconds >= 0
    assert view.detection is not None and view.fault and dict(view.bands)["rto"] == (1.0, 3600.0)
    assert [old.step for old in session.drills.history()] == ["incident"]
    with pytest.raises(LabError, match="n'a pas de drill"):
        session.drills.declare(1.0, None)


def test_nothing_is_graded_before_the_fault(one: Drill) -> None:
    session = one.at_the_drill()
    one.desk.ground.passing |= {"repond", "redemarre"}
    attempts = len(one.desk.progress.attempts("panne"))
    report = session.check()
    assert not report.green
    assert {r.outcome for r in report.results} == {Outcome.SKIP}
    assert "pas encore eu lieu" in report.results[0].observed
    assert len(one.desk.progress.attempts("panne")) == attempts, "no attempt was made"
    session.drills.declare(60.0, None)
    assert not session.check(observe_only=True).green


def test_what_cannot_be_done_yet_says_what_comes_first(one: Drill) -> None:
    session = one.at_the_drill()
    drills = session.drills
    refusals: list[tuple[Callable[[], object], str]] = [
        (lambda: drills.start(ignore, threading.Event()), "objectifs du drill ne sont pas"),
        (lambda: drills.diagnose("feu"), "objectifs du drill ne sont pas"),
        (drills.end, "objectifs du drill ne sont pas"),
        (drills.give_up, "aucun drill n'est en cours"),
        (lambda: drills.declare(None, None), "aucun objectif"),
        (lambda: drills.declare(-1.0, None), "n'est pas une durée"),
        (lambda: drills.declare(float("nan"), None), "n'est pas une durée"),
    ]
    for act, words in refusals:
        with pytest.raises(LabError, match=words) as caught:
            act()
        assert caught.value.hint
    drills.declare(60.0, None)
    with pytest.raises(LabError, match="n'a pas commencé"):
        drills.diagnose("feu")
    struck(session)
    with pytest.raises(LabError, match="objectifs ne changent plus"):
        drills.declare(60.0, None)
    with pytest.raises(LabError, match="le drill est en cours"):
        drills.start(ignore, threading.Event())
    with pytest.raises(LabError, match="diagnostic est vide"):
        drills.diagnose("  ")


def test_a_writer_that_cannot_write_is_no_drill(
    one: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.session.drill_run.FIRST_SECONDS", 0.5)
    session = one.at_the_drill()
    one.register.mkdir()
    session.drills.declare(60.0, None)
    with pytest.raises(LabError, match="rien ne s'écrit") as caught:
        session.drills.start(ignore, threading.Event())
    assert "rewind incident" in caught.value.hint
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.INTERRUPTED
    assert "setup/incident.sh" not in one.desk.ground.ran


def test_a_cancelled_start_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = SCRIPT.replace("[0s, 0s]", "[1h, 1h]")
    with planted(tmp_path, monkeypatch, late) as one:
        session = one.at_the_drill()
        session.drills.declare(60.0, None)
        cancel = threading.Event()
        phases: list[DrillPhase] = []

        def told(_event: object) -> None:
            view = session.drills.view()
            assert view is not None
            phases.append(view.phase)
            if view.phase is DrillPhase.CALM:
                cancel.set()

        with pytest.raises(Cancelled):
            session.drills.start(told, cancel)
        assert phases[0] is DrillPhase.STARTING and phases[-1] is DrillPhase.CALM
        view = session.drills.view()
        assert view is not None and view.phase is DrillPhase.INTERRUPTED
        assert "Interrompu à votre demande" in view.problem
        assert not (tmp_path / "units/pcapra-ecrivain.pid").exists(), "the writer was stopped"
        assert "setup/incident.sh" not in one.desk.ground.ran


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    with planted(tmp_path, monkeypatch, INJECT) as made:
        yield made


def test_a_fault_of_the_lab_is_lifted_when_it_ends(frozen: Drill) -> None:
    session = frozen.at_the_drill()
    struck(session)
    [fault] = frozen.desk.ground.faults.values()
    assert fault.owner.label == "drill" and fault.owner.process == ProcessId.current()
    assert not session.check().green
    view = session.drills.end()
    assert view.phase is DrillPhase.ENDED and view.fault == "gel de web"
    assert view.result is not None and view.result.rto is None and view.result.rpo is not None
    assert view.result.rpo.verdict is Verdict.MET
    assert frozen.desk.ground.faults == {}
    assert {r.outcome for r in session.check().results} == {Outcome.FAIL}, "graded all the same"


@pytest.mark.parametrize(
    "how", ["give_up", "close", "stop", "delete", "reset", "rewind", "crash", "reboot"]
)
def test_however_it_is_left_the_fault_is_lifted_and_nothing_is_measured(
    frozen: Drill, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    session = frozen.at_the_drill()
    struck(session)
    key = frozen.desk.progress.drills.open("panne")[0].id
    match how:
        case "give_up":
            session.drills.give_up()
        case "close":
            session.close()
        case "stop":
            session.stop(ignore)
        case "delete":
            session.delete()
        case "reset":
            session.reset(ignore, threading.Event())
        case "rewind":
            session.rewind("incident", ignore, threading.Event())
        case "crash":
            monkeypatch.setattr(ProcessId, "alive", False)
            frozen.session()
        case "reboot":
            monkeypatch.setattr("pcapra_lab.session.drilling.host_boot", lambda: "autre")
            frozen.session()
    record = frozen.desk.progress.drills.read(key)
    assert record.state.value == "interrupted"
    assert record.data["result"] is None and record.data["problem"]
    assert frozen.desk.ground.faults == {}
    assert frozen.desk.progress.drills.open("panne") == []


def test_a_program_killed_while_it_strikes_leaves_a_fault_that_is_lifted(
    frozen: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = frozen.at_the_drill(command=True)
    session.drills.declare(60.0, None)
    change = drill_book.Book.change

    def killed(self: drill_book.Book, record: DrillRecord, *words: Any) -> DrillRecord:
        if frozen.desk.ground.faults:
            raise SystemExit
        return change(self, record, *words)

    # What a kill leaves: nothing that ran after it, so not even an interruption.
    monkeypatch.setattr("pcapra_lab.session.drill_run.DrillRun.interrupt", lambda *_words: None)
    monkeypatch.setattr(drill_book.Book, "change", killed)
    with pytest.raises(SystemExit):
        session.drills.start(ignore, threading.Event())
    monkeypatch.undo()
    [fault] = frozen.desk.ground.faults.values()
    assert fault.owner.process is None, "nobody would lift it"
    record = frozen.desk.progress.drills.open("panne")[0]
    assert record.data["armed"] and record.data["fault"] is None
    monkeypatch.setattr(ProcessId, "alive", False)
    session.drills.recover()
    assert frozen.desk.ground.faults == {}
    assert frozen.desk.progress.drills.open("panne") == []


def test_a_script_s_own_undo_is_run_when_it_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = SCRIPT.replace("after:", "undo: {vm: srv, script: solution/20-srv.sh}, after:")
    with planted(tmp_path, monkeypatch, fault) as one:
        session = one.at_the_drill()
        struck(session)
        session.drills.give_up()
        assert one.desk.ground.ran[-2:] == ["setup/incident.sh", "solution/20-srv.sh"]
        session.drills.declare(60.0, None)
        struck(session)
        session._play.run(session._play.step("incident").solution)
        assert session.check().green
        assert one.desk.ground.ran.count("solution/20-srv.sh") == 2, "repaired, not undone"


def test_commands_leave_their_drill_running_between_them(frozen: Drill) -> None:
    first = frozen.at_the_drill(command=True)
    struck(first)
    first.close()
    [fault] = frozen.desk.ground.faults.values()
    assert fault.owner.process is None
    beside = frozen.desk.session(exclusive=False)
    assert beside.drills.diagnose("web ne répond plus").phase is DrillPhase.STRUCK
    followed = beside.drills.follow()
    assert followed is not None and followed.acknowledged >= 3
    beside.close()
    third = frozen.session(command=True)
    seen = third.drills.view()
    assert seen is not None and seen.phase is DrillPhase.STRUCK
    third._play.run(third._play.step("incident").solution)
    assert third.check().green
    view = third.drills.view("incident")
    assert view is not None and view.result is not None
    assert view.result.rto is not None and view.result.detection is not None
    assert frozen.desk.ground.faults == {}


def test_a_machine_that_does_not_answer_is_told_and_stops_nothing(one: Drill) -> None:
    session = one.at_the_drill()
    struck(session)
    one.desk.ground.command = None
    view = session.drills.follow()
    assert view is not None and "ne répond pas" in view.problem and not view.writing
    session._play.run(session._play.step("incident").solution)
    assert session.check().green
    view = session.drills.view("incident")
    assert view is not None and view.result is not None
    assert view.result.rto is not None and view.result.rpo is None
    assert "ne répond pas" in view.problem
    one.desk.ground.command = one.machine


def test_a_drill_of_before_a_rewind_is_history(one: Drill) -> None:
    session = one.at_the_drill()
    struck(session)
    session._play.run(session._play.step("incident").solution)
    assert session.check().green
    session.rewind("incident", ignore, threading.Event())
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.TO_DECLARE
    assert {r.outcome for r in session.check().results} == {Outcome.SKIP}
    assert len(session.drills.history()) == 1


def test_the_solution_makes_the_fault_happen_first(frozen: Drill) -> None:
    session = frozen.at_the_drill()
    assert session.solve(ignore).green
    assert "inject freeze" in frozen.desk.ground.calls
    assert frozen.desk.ground.faults == {}
    view = session.drills.view("incident")
    assert view is not None and view.result is not None and view.result.rpo is None
    assert view.rto_target is None and view.result.rto is not None
    assert view.result.rto.verdict is None


def test_a_probe_dates_the_recovery_before_the_checks_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "service"
    probe = f"      probe: {{vm: web, run: [test, -e, {flag}]}}\n"
    with planted(tmp_path, monkeypatch, SCRIPT, probe) as one:
        session = one.at_the_drill()
        struck(session)
        view = session.drills.follow()
        assert view is not None and view.phase is DrillPhase.STRUCK
        flag.touch()
        view = session.drills.follow()
        assert view is not None and view.phase is DrillPhase.RESTORED
        assert view.since_fault == getattr(session.drills.follow(), "since_fault", None)
        session._play.run(session._play.step("incident").solution)
        assert session.check().green
        ended = session.drills.view("incident")
        assert ended is not None and ended.result is not None and ended.result.rto is not None
        assert ended.result.rto.measure.high <= (ended.since_fault or 0) + 60


def test_a_page_comes_back_from_the_store_as_it_was(one: Drill) -> None:
    session = one.at_the_drill()
    struck(session)
    [record] = one.desk.progress.drills.open("panne")
    page = drill_book.Page.from_data(record.data)
    assert page.to_data() == record.data
    assert page.keeper == ProcessId.current()


def test_a_machine_that_does_not_exist_is_not_reset_and_the_drill_goes_on(frozen: Drill) -> None:
    session = frozen.at_the_drill()
    struck(session)
    with pytest.raises(LabError, match="« wbe » n'existe pas"):
        session.reset(ignore, threading.Event(), "wbe")
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.STRUCK
