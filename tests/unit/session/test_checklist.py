"""The checklist: true, false, not applicable or unknown, by probes alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from checklist_course import listed
from click.testing import CliRunner, Result
from fake_playground import Desk

from pcapra_lab.cli import common
from pcapra_lab.cli.main import cli
from pcapra_lab.content.models import Step
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.grading.runner import Grader
from pcapra_lab.lab.power import VmPower
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.checklist import evidence_of
from pcapra_lab.session.checklist_api import ChecklistView, LineState
from pcapra_lab.session.inspection import Inspection

ALL = {
    "avant/installe", "incident/repond", "incident/redemarre", "journal:paquet", "journal:recu",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with listed(tmp_path, monkeypatch) as opened:
        opened.ground.all_on()
        opened.ground.prepared = True
        yield opened


def states(view: ChecklistView) -> dict[str, LineState]:
    return {line.id: line.state for line in view.lines}


def test_what_was_seen_is_true_or_false_and_nothing_is_ticked(desk: Desk) -> None:
    desk.ground.passing |= {"avant/installe", "journal:paquet"}
    view = desk.session().inspection.checklist(act=True)
    assert states(view) == {
        "deployee": LineState.TRUE,
        "survit": LineState.FALSE,
        "journal": LineState.FALSE,
        "base": LineState.NOT_APPLICABLE,
    }
    assert not view.complete and view.count(LineState.FALSE) == 2
    first, second, third, last = view.lines
    assert "{{" not in first.title and "{{" not in last.reason
    assert [one.check for one in second.evidence] == ["incident/repond", "incident/redemarre"]
    assert [one.observed for one in third.evidence] == [
        "journal:paquet : pass",
        "journal:recu : fail",
    ]


def test_all_true_is_complete(desk: Desk) -> None:
    desk.ground.passing |= ALL
    assert desk.session().inspection.checklist(act=True).complete


def test_what_acts_is_not_run_unless_asked_and_is_unknown(desk: Desk) -> None:
    desk.ground.passing |= ALL
    view = desk.session().inspection.checklist()
    assert states(view)["survit"] is LineState.UNKNOWN
    assert "Il survit à un redémarrage" in view.lines[1].reason
    assert states(view)["deployee"] is LineState.TRUE


def test_what_was_found_when_it_acted_is_told_but_proves_nothing_now(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ground.passing |= ALL
    desk.session().inspection.checklist(act=True)
    told = run(desk, monkeypatch, "checklist", "panne")
    assert "? inconnu" in told.output and "trouvée vraie le" in told.output
    assert told.exit_code == 1
    kept = desk.session().inspection.last()
    assert kept.checklist and not kept.checklist.acted and kept.acted and kept.acted.acted
    desk.progress.restart("panne")
    desk.session().inspection.checklist()
    assert desk.session().inspection.last().acted is None, "those machines are gone"


def test_steps_act_one_after_the_other_with_what_they_need(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Observers are asked all at once; what acts, step by step."""
    path = desk.installation.catalogue.root / "exercises/panne/exercise.yaml"
    text = path.read_text().replace(
        "        effect: act\n", "        effect: act\n        needs: [repond]\n"
    )
    text = text.replace("path: /var/log/distant\n", "path: /var/log/distant\n        effect: act\n")
    path.write_text(text)
    session = desk.session()
    graded: list[tuple[bool, list[str]]] = []
    grade = session._play.grade

    def spied(step: Step, *, observe_only: bool = False) -> StepReport:
        graded.append((observe_only, [check.id for check in step.checks]))
        return grade(step, observe_only=observe_only)

    monkeypatch.setattr(session._play, "grade", spied)
    session.inspection.checklist(act=True)
    assert graded[0][0] and len(graded[0][1]) == len(ALL)
    assert graded[1:] == [
        (False, ["incident/repond", "incident/redemarre"]),
        (False, ["journal:paquet", "journal:recu"]),
    ]


def test_what_could_not_be_evaluated_is_unknown_not_false(desk: Desk) -> None:
    desk.ground.passing |= ALL
    desk.ground.errors |= {"avant/installe"}
    view = desk.session().inspection.checklist(act=True)
    assert states(view)["deployee"] is LineState.UNKNOWN and "non sondé" in view.lines[0].reason


def test_a_machine_that_sleeps_is_not_asked(desk: Desk) -> None:
    desk.ground.passing |= ALL
    desk.ground.powers["web"] = VmPower.STOPPED
    view = desk.session().inspection.checklist(act=True)
    assert states(view) == {
        "deployee": LineState.TRUE,
        "survit": LineState.UNKNOWN,
        "journal": LineState.UNKNOWN,
        "base": LineState.NOT_APPLICABLE,
    }
    assert "web ne tourne pas" in view.lines[1].reason
    # It needs a check of the machine that sleeps.
    assert [one.outcome for one in view.lines[2].evidence] == [None, None]
    assert view.lines[2].reason == "non sondé : web ne tourne pas"


def test_a_check_that_fails_tells_although_another_cannot_be_asked(desk: Desk) -> None:
    desk.ground.powers["web"] = VmPower.STOPPED
    view = desk.session().inspection.checklist(act=True)
    assert states(view)["survit"] is LineState.FALSE


def test_asleep_altogether_all_is_unknown_and_what_was_seen_before_is_kept(desk: Desk) -> None:
    desk.ground.passing |= ALL
    session = desk.session()
    session.inspection.checklist(act=True)
    desk.ground.powers = dict.fromkeys(desk.ground.powers, VmPower.SAVED)
    view = session.inspection.checklist(act=True)
    assert view.round_trips == 0 and set(states(view).values()) == {
        LineState.UNKNOWN,
        LineState.NOT_APPLICABLE,
    }
    kept = session.inspection.last()
    assert kept.checklist is not None and kept.checklist.complete and kept.checklist.acted
    assert kept.machines is None


def test_an_exercise_without_one_says_so(desk: Desk) -> None:
    path = desk.installation.catalogue.root / "exercises/panne/exercise.yaml"
    path.write_text(path.read_text().partition("checklist:")[0])
    with pytest.raises(LabError, match="n'a pas de checklist"):
        desk.session().inspection.checklist()


class Guests:
    """Machines asked by the real grader: how often, and what for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, vm: str, argv: Sequence[str], stdin: bytes, timeout: float) -> CommandResult:
        self.asked.append(vm)
        raise LabError("personne")


def test_the_grader_goes_to_each_machine_once(desk: Desk) -> None:
    """A check that two lines share, and a needed one, are asked once, in one round trip a VM."""
    guests = Guests()
    proofs: Mapping[str, Mapping[str, object]] = evidence_of(desk.session().exercise)
    exercise = desk.session().exercise
    checks = [check for line in evidence_of(exercise).values() for check in line.values()]
    step = Step.model_construct(id="checklist", title="checklist", checks=checks)
    report = Grader(guests).grade(
        step,
        {"client": "x"},
        desk.installation.catalogue.exercise_folder("panne"),
        observe_only=True,
    )
    assert sorted(guests.asked) == ["srv", "web"] and report.round_trips == 2
    assert {one.id for one in report.results} == {name for line in proofs.values() for name in line}


def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    class Here(LabApplication):
        def __init__(self, content: Path | None = None) -> None:
            self.installation = desk.installation
            self.__dict__["progress"] = desk.progress

        def close(self) -> None:
            """The progress is the test's."""

    monkeypatch.setattr(common, "_made", Here)
    monkeypatch.setattr(common, "_content", lambda: None)
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def test_the_command_tells_each_line_and_its_exit_status(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ground.passing |= {"avant/installe"}
    told = run(desk, monkeypatch, "checklist", "panne")
    assert told.exit_code == 1
    for part in ("Service\n", "✔ vrai", "✘ faux", "– sans objet", "Pas de base de données chez"):
        assert part in told.output, told.output
    assert "✘ Il répond  [web]" in told.output and "vu      : incident/repond : fail" in told.output
    desk.ground.passing |= ALL
    partly = run(desk, monkeypatch, "checklist", "panne")
    assert partly.exit_code == 1 and "? inconnu" in partly.output
    whole = run(desk, monkeypatch, "checklist", "panne", "--act", "--json")
    data = json.loads(whole.stdout)
    assert whole.exit_code == 0 and data["complete"] and data["acted"]
    assert data["lines"][0]["state"] == "true"
    assert data["lines"][0]["evidence"][0]["outcome"] == "pass"


def test_the_command_says_how_to_wake_the_machines(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ground.powers = dict.fromkeys(desk.ground.powers, VmPower.STOPPED)
    told = run(desk, monkeypatch, "checklist", "panne")
    assert told.exit_code == 1 and "pcapra-lab up panne" in told.output


def test_the_help_teaches() -> None:
    told = CliRunner().invoke(cli, ["checklist", "--help"]).output
    for part in ("jamais une case", "--act", "pcapra-lab checklist tp-final", "Code de sortie"):
        assert part in told


def test_a_checklist_that_may_not_be_told_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.session.inspection.provenance", lambda _play: {})

    def exam() -> None:
        raise LabError("pas pendant l'examen")

    session = desk.session()
    inspection = Inspection(
        session._play,
        session._machines,
        desk.progress,
        nullcontext(),
        allowed=exam,
    )
    for ask in (inspection.checklist, inspection.look):
        with pytest.raises(LabError, match="examen"):
            ask()
    assert inspection.last().checklist is None
