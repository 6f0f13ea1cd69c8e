"""A surprise drill, from its watch to its grade."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cut_service import CutService
from drill_course import Drill
from surprise_course import hurried, surprising

from pcapra_lab.drills.surprises.watch import Verdict
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.grading.results import Outcome
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_book import Page
from pcapra_lab.session.trainee import LabSession


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    service = CutService()
    with surprising(tmp_path, monkeypatch, service) as made:
        yield made
    service.end()


def watched(session: LabSession, seed: str = "promo", **hurry: float) -> DrillView:
    session.drills.declare(600.0, None, seed)
    hurried(session.drills._book.store, **hurry)
    return session.drills.start(ignore, threading.Event())


def ran(one: Drill, script: str) -> int:
    return one.desk.ground.ran.count(script)


def test_a_watch_is_diagnosed_repaired_and_graded(one: Drill, tmp_path: Path) -> None:
    session = one.at_the_drill()
    view = watched(session)
    assert view.phase is DrillPhase.ON_CALL and view.on_call is not None
    assert view.on_call.left == 0.0 and view.on_call.machines == ("srv", "web")
    assert {name for name, _words in view.on_call.causes} == {"reglage", "gel", "disque", "charge"}
    assert not any("{{" in words for _name, words in view.on_call.causes)
    assert view.since_fault is None and view.on_call.seed == "" and view.fault == ""
    assert view.ribbon is not None and not view.ribbon.struck, "nothing is told"
    red = session.check()
    assert not red.green and {r.outcome for r in red.results} == {Outcome.FAIL}

    view = session.drills.accuse("srv", "disque")
    assert view.on_call is not None
    assert [x.verdict for x in view.on_call.told] == [Verdict.WRONG], (
        "that it is a decoy is not told"
    )
    number = 1 + [name for name, _words in view.on_call.causes].index("reglage")
    view = session.drills.diagnose(f"SRV {number}")
    assert view.on_call is not None and view.on_call.told[-1].verdict is Verdict.RIGHT
    assert list(one.desk.ground.faults) == ["freeze-1"]
    session.drills.accuse("web", "gel")
    assert one.desk.ground.faults == {}, "somebody went there"
    with pytest.raises(LabError, match="déjà donné"):
        session.drills.accuse("web", "gel")

    session.drills.follow()
    session._play.run(session._play.step("incident").solution)
    (tmp_path / "repare").touch()
    (tmp_path / "relancee").touch()
    session.drills.follow()
    before = ran(one, "solution/20-srv.sh")
    assert session.check().green
    assert ran(one, "solution/20-srv.sh") == before, "repaired, not undone"
    assert ran(one, "mutants/faux.sh") == 1, "the decoy is gone"
    ended = session.drills.view("incident")
    assert ended is not None and ended.phase is DrillPhase.ENDED
    graded = ended.assessment
    assert graded is not None and graded.seed == "promo" and graded.wrong == 1
    assert {one.title: one.verdict for one in graded.incidents} == {
        "Un réglage cassé": Verdict.RIGHT,
        "Une machine figée": Verdict.RIGHT,
    }
    assert [lure.accused for lure in graded.lures] == [True]
    assert graded.score == 0.8 and len(ended.windows) == 2
    assert ended.result is not None and ended.result.rto is not None
    assert ended.result.seen[0].outage.cuts == 0, "what clients saw is measured all the same"
    assert ended.ribbon is not None and ended.ribbon.struck
    [status] = [s for s in session.state().steps if s.id == "incident"]
    assert status.earned == 16, "the diagnoses decide of the points: 0,8 of 20"
    [again] = session.drills.history()
    assert again.assessment == graded
    assert again.on_call is not None and again.on_call.told[0].verdict is Verdict.DECOY


def test_the_same_seed_is_the_same_drill(one: Drill) -> None:
    session = one.at_the_drill()

    def drawn(seed: str | None) -> object:
        session.drills.declare(600.0, None, seed)
        [record] = one.desk.progress.drills.open("panne")[-1:]
        watch = Page.from_data(record.data).watch
        assert watch is not None
        return watch

    assert drawn("promo") == drawn("promo")
    assert drawn("promo") != drawn("autre")
    assert getattr(drawn(None), "seed", "") != getattr(drawn(None), "seed", "")
    with pytest.raises(LabError, match="n'est pas une graine"):
        session.drills.declare(600.0, None, "a b")


def test_nothing_is_graded_nor_told_before_the_watch_is_over(one: Drill) -> None:
    session = one.at_the_drill()
    one.desk.ground.passing |= {"repond", "redemarre"}
    assert "n'a pas encore commencé" in session.check().results[0].observed
    session.drills.declare(600.0, None)
    hurried(session.drills._book.store, 4.0, figee=9.0, casse=9.0)
    seen: list[DrillView] = []

    def look(_event: object) -> None:
        view = session.drills.view()
        # Early only: a watch that ends while it is looked at would let the step be graded.
        if view is not None and view.on_call is not None and (view.on_call.left or 0.0) > 3.0:
            seen.append(view)
            report = session.check()
            assert {r.outcome for r in report.results} == {Outcome.SKIP}
            assert "n'est pas finie" in report.results[0].observed
            with pytest.raises(LabError, match="aucune checklist pendant une garde"):
                session.inspection.checklist()

    session.drills.start(look, threading.Event())
    assert seen and all(x.phase is DrillPhase.ON_CALL and x.since_fault is None for x in seen)
    assert session.check().green
    with pytest.raises(LabError, match="n'a pas de checklist"):
        session.inspection.checklist()


def test_what_cannot_be_accused_is_refused_and_costs_nothing(one: Drill) -> None:
    session = one.at_the_drill()
    with pytest.raises(LabError, match="objectifs du drill ne sont pas"):
        session.drills.accuse("srv", "gel")
    watched(session)
    for machine, cause, words in (
        ("client", "gel", "pas une machine"),
        ("srv", "feu", "pas une des causes"),
        ("srv", "0", "pas une des causes"),
        ("srv", "5", "pas une des causes"),
    ):
        with pytest.raises(LabError, match=words) as caught:
            session.drills.accuse(machine, cause)
        assert caught.value.hint
    with pytest.raises(LabError, match="pas une des causes"):
        session.drills.diagnose("srv")
    view = session.drills.view()
    assert view is not None and view.on_call is not None and view.on_call.told == ()


def test_what_is_not_repaired_is_undone_at_the_end(one: Drill) -> None:
    session = one.at_the_drill()
    watched(session)
    view = session.drills.end()
    assert view.phase is DrillPhase.ENDED and view.assessment is not None
    assert one.desk.ground.faults == {}
    assert ran(one, "solution/20-srv.sh") == 1 and ran(one, "mutants/faux.sh") == 1
    assert view.assessment.score == 0.0 and view.result is not None and view.result.rto is None
    assert [x.repair for x in view.assessment.incidents] == [None, None]


@pytest.mark.parametrize("how", ["give_up", "close", "stop", "reset", "crash", "reboot"])
def test_however_it_is_left_nothing_outlives_it(
    one: Drill, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    session = one.at_the_drill()
    watched(session)
    key = one.desk.progress.drills.open("panne")[0].id
    match how:
        case "give_up":
            session.drills.give_up()
        case "close":
            session.close()
        case "stop":
            session.stop(ignore)
        case "reset":
            session.reset(ignore, threading.Event())
        case "crash":
            monkeypatch.setattr(ProcessId, "alive", False)
            one.session()
        case "reboot":
            monkeypatch.setattr("pcapra_lab.session.drilling.host_boot", lambda: "autre")
            one.session()
    record = one.desk.progress.drills.read(key)
    assert record.state.value == "interrupted" and record.data["assessment"] is None
    assert one.desk.ground.faults == {}
    # A whole reset forgets everything by itself.
    undone = 0 if how == "reset" else 1
    assert (ran(one, "solution/20-srv.sh"), ran(one, "mutants/faux.sh")) == (undone, undone)


def test_only_what_had_begun_is_undone(one: Drill) -> None:
    session = one.at_the_drill()
    session.drills.declare(600.0, None)
    hurried(session.drills._book.store, 60.0, casse=0.0, figee=50.0, bruit=50.0)
    cancel = threading.Event()

    def told(_event: object) -> None:
        if ran(one, "setup/incident.sh"):
            cancel.set()

    with pytest.raises(Cancelled):
        session.drills.start(told, cancel)
    assert ran(one, "solution/20-srv.sh") == 1
    assert ran(one, "mutants/vide.sh") == ran(one, "mutants/faux.sh") == 0
    assert "inject freeze" not in one.desk.ground.calls
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.INTERRUPTED


def test_a_kill_during_a_strike_leaves_a_fault_that_is_undone(
    one: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = one.at_the_drill(command=True)
    session.drills.declare(600.0, None)
    hurried(session.drills._book.store, 60.0, figee=0.0, casse=50.0, bruit=50.0)

    def killed(*_said: object) -> object:
        if one.desk.ground.faults:
            raise SystemExit
        return None

    edit = "pcapra_lab.session.surprising.Surprising._edit_event"
    monkeypatch.setattr("pcapra_lab.session.drill_run.DrillRun.interrupt", lambda *_words: None)
    monkeypatch.setattr(edit, killed)
    with pytest.raises(SystemExit):
        session.drills.start(ignore, threading.Event())
    monkeypatch.undo()
    [fault] = one.desk.ground.faults.values()
    assert fault.owner.process is None, "nobody would lift it"
    monkeypatch.setattr(ProcessId, "alive", False)
    session.drills.recover()
    assert one.desk.ground.faults == {}
    assert one.desk.progress.drills.open("panne") == []


def test_a_decoy_that_cannot_be_made_is_left_out(one: Drill) -> None:
    session = one.at_the_drill()
    one.desk.ground.failing_scripts["mutants/vide.sh"] = LabError("srv ne répond pas")
    view = watched(session)
    assert view.phase is DrillPhase.ON_CALL
    ended = session.drills.end()
    assert ended.assessment is not None and ended.assessment.lures == ()
    assert len(ended.assessment.incidents) == 2


def test_a_fault_that_cannot_be_made_interrupts_the_drill(one: Drill) -> None:
    session = one.at_the_drill()
    one.desk.ground.failing_scripts["setup/incident.sh"] = LabError("srv ne répond pas")
    with pytest.raises(LabError, match="srv ne répond pas"):
        watched(session)
    view = session.drills.view()
    assert view is not None and view.phase is DrillPhase.INTERRUPTED
    assert one.desk.ground.faults == {}


def test_a_repair_before_the_diagnosis_earns_nothing(one: Drill, tmp_path: Path) -> None:
    session = one.at_the_drill()
    watched(session)
    (tmp_path / "repare").touch()
    session.drills.follow()
    view = session.drills.accuse("srv", "reglage")
    assert view.on_call is not None and view.on_call.told[0].verdict is Verdict.LATE
    graded = session.drills.end().assessment
    assert graded is not None and graded.score == 0.0
    assert Verdict.LATE in {one.verdict for one in graded.incidents}


def test_the_solution_makes_all_faults_happen_and_plugs_in_what_it_cannot_repair(
    one: Drill, tmp_path: Path
) -> None:
    session = one.at_the_drill()
    (tmp_path / "repare").touch()
    (tmp_path / "relancee").touch()
    assert session.solve(ignore).green
    assert ran(one, "setup/incident.sh") == 1 and "inject freeze" in one.desk.ground.calls
    assert ran(one, "mutants/vide.sh") == 0, "no decoy"
    assert one.desk.ground.faults == {}
    [status] = [s for s in session.state().steps if s.id == "incident"]
    assert status.earned == 0


def test_another_drill_is_not_accused(one: Drill) -> None:
    session = one.at_the_drill()
    with pytest.raises(LabError, match="ne mesure aucune perte"):
        # There is no writer in a drill whose loss nobody asked for.
        session.drills.declare(600.0, 60.0)
