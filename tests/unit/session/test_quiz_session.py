"""Quizzes through a session: without any machine, and between steps on machines."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_playground import Desk, open_desk
from quiz_course import EXERCISE, plant_quiz, right_answers

from pcapra_lab.content.parameters import draw_all
from pcapra_lab.errors import LabError
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.records import AnswerState
from pcapra_lab.session.api import Outcome, QuestionState, StepState
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.digests import content_digest
from pcapra_lab.session.proof import stale_proof, write_proof
from pcapra_lab.session.replay import Replay
from pcapra_lab.session.trainee import LabSession

NOBODY = threading.Event()
QUIZ = """\
  - id: theorie
    kind: quiz
    title: Choisir
    questions:
      - id: temps
        type: number
        text: "{{duree}} min font combien de secondes ?"
        answer: duree * 60
        explanation: Soixante secondes par minute.
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[LabApplication]:
    """A real application on a course without machines."""
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    opened = LabApplication(paths, plant_quiz(tmp_path / "cours"))
    yield opened
    opened.close()


@pytest.fixture
def session(app: LabApplication) -> Iterator[LabSession]:
    opened = app.open("theorie")
    yield opened
    opened.close()


def answers(app: LabApplication, session: LabSession) -> dict[str, str]:
    values = draw_all(session.exercise, app.progress.seed("theorie"))
    return right_answers(values, {one.id: one.options for one in session.questions()})


def test_a_quiz_is_played_without_a_machine_a_daemon_or_an_image(
    app: LabApplication, session: LabSession
) -> None:
    session.start(ignore, NOBODY)
    state = session.state()
    assert state.ready and state.vms == () and state.current_step == "disponibilite"
    assert [one.state for one in session.questions()] == [QuestionState.OPEN] * 4
    for question, answer in answers(app, session).items():
        assert not session.check().green
        view = session.answer(question, answer)
        assert view.state is QuestionState.RIGHT and view.explanation and view.solution
    assert session.check().green
    state = session.state()
    assert (state.current_step, state.earned, state.total) == (None, 10, 10)
    assert session.questions() == ()
    assert not (app.installation.paths.labs / "theorie" / "lab.json").exists()
    session.stop(ignore)


def test_a_wrong_answer_is_counted_told_and_costs_a_part(
    app: LabApplication, session: LabSession
) -> None:
    view = session.answer("minutes", "7777777")
    assert (view.state, view.attempts) == (QuestionState.WRONG, 1)
    assert view.feedback and not view.solution and not view.explanation
    [result] = [r for r in session.check().results if r.id == "minutes"]
    assert (result.outcome, result.hint) == (Outcome.FAIL, view.feedback)
    for question, answer in answers(app, session).items():
        session.answer(question, answer)
    assert session.check().green
    [status] = session.state().steps
    assert (status.state, status.earned) == (StepState.DONE, 10), "9.5, rounded"
    record = app.progress.steps("theorie")["disponibilite"]
    assert record.score == pytest.approx(0.95), "one of four questions took two answers"
    assert app.progress.answers.of("theorie", "disponibilite")["minutes"].attempts == 2


def test_what_is_no_answer_is_not_counted(app: LabApplication, session: LabSession) -> None:
    with pytest.raises(LabError, match="n'est pas un nombre"):
        session.answer("minutes", "beaucoup")
    with pytest.raises(LabError, match="la question « seconde » n'existe pas"):
        session.answer("seconde", "1")
    assert app.progress.answers.of("theorie", "disponibilite") == {}


def test_giving_up_shows_the_solution_and_marks_the_step(
    app: LabApplication, session: LabSession
) -> None:
    view = session.give_up("minutes")
    assert view.state is QuestionState.SHOWN and view.solution.endswith("\u00a0min")
    with pytest.raises(LabError, match="terminée"):
        session.answer("minutes", "1")
    right = answers(app, session)
    for question in ("frequence", "regle", "ordre"):
        session.answer(question, right[question])
    assert session.check().green
    [status] = session.state().steps
    assert (status.state, status.earned) == (StepState.HELPED, 8), "three questions of four: 7.5"


def test_the_solution_of_the_step_gives_all_of_it_up(
    app: LabApplication, session: LabSession
) -> None:
    right = answers(app, session)
    session.answer("regle", right["regle"])
    assert session.solve(ignore).green
    records = app.progress.answers.of("theorie", "disponibilite")
    assert records["regle"].state is AnswerState.RIGHT
    assert records["ordre"].state is AnswerState.SHOWN
    [status] = session.state().steps
    assert (status.state, status.earned) == (StepState.HELPED, 2)


def test_the_answers_outlive_the_process_and_not_a_reset(
    app: LabApplication, session: LabSession
) -> None:
    session.answer("minutes", "7777777")
    session.close()
    again = app.open("theorie")
    assert again.questions()[0].given == "7777777"
    again.reset(ignore, NOBODY)
    assert again.questions()[0].state is QuestionState.OPEN
    again.close()


def test_two_trainees_get_other_numbers(app: LabApplication, session: LabSession) -> None:
    drawn = {draw_all(session.exercise, f"stagiaire {n}")["dispo"] for n in range(30)}
    assert drawn == {"99", "99.9", "99.95"}


def test_the_replay_proves_a_quiz_without_a_machine(app: LabApplication) -> None:
    replay = Replay(app.installation, "theorie", "graine", mutants=None, on_row=lambda row: None)
    result = replay.run(ignore, NOBODY)
    replay.close(ignore, keep=False)
    assert result.ok, [row for row in result.rows if not row.ok]
    stages = [row.stage for row in result.rows]
    assert stages[:2] == ["rouge avant", "vert après"]
    assert "mutant minutes trop-grand" in stages and "mutant minutes erreur-1" in stages
    assert sum(stage.startswith("mutant frequence choix-") for stage in stages) == 2
    assert sum(stage.startswith("mutant regle") for stage in stages) == 3
    assert sum(stage.startswith("mutant ordre echange-") for stage in stages) == 3
    assert (result.mutants, result.killed) == (11, 11)
    write_proof(app.installation.catalogue, result, {})
    assert stale_proof(app.installation.catalogue, "theorie") == ""


def test_a_quiz_s_proof_stands_on_what_computes_it(
    app: LabApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = app.installation.catalogue
    before = content_digest(catalogue, "theorie")
    monkeypatch.setattr("pcapra_lab.session.digests._QUIZ", ("grading/quiz.py",))
    assert content_digest(catalogue, "theorie") != before


def test_a_question_that_accepts_a_known_mistake_is_told_by_the_replay(app: LabApplication) -> None:
    path = app.installation.catalogue.root / EXERCISE
    path.write_text(path.read_text().replace("tolerance: 1%", "tolerance: 100%"))
    replay = Replay(app.installation, "theorie", "graine", mutants=None, on_row=lambda row: None)
    result = replay.run(ignore, NOBODY)
    replay.close(ignore, keep=False)
    [bad] = [row for row in result.rows if not row.ok]
    assert bad.stage == "mutant minutes erreur-1" and "minutes accepte" in bad.detail


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as desk:
        path = desk.installation.catalogue.root / "exercises/panne/exercise.yaml"
        text = path.read_text().replace("  - id: incident\n", QUIZ + "  - id: incident\n")
        text = text.replace("parameters:", "numbers: {duree: [3, 5]}\nparameters:")
        path.write_text(text)
        yield desk


def test_a_quiz_between_two_steps_on_machines(mixed: Desk) -> None:
    session = mixed.session()
    session.start(ignore, NOBODY)
    assert session.questions() == ()
    session.solve(ignore)
    [question] = session.questions()
    minutes = int(question.text.split()[0])
    assert "setup/incident.sh" not in mixed.ground.ran
    session.answer("temps", str(60 * minutes))
    assert session.check().green
    assert session.state().current_step == "incident"
    assert "setup/incident.sh" in mixed.ground.ran, "the next step's incident came with it"


def test_a_quiz_done_while_the_machines_sleep_leaves_the_next_setup_for_later(mixed: Desk) -> None:
    session = mixed.session()
    session.start(ignore, NOBODY)
    session.solve(ignore)
    session.stop(ignore)
    session.close()
    mixed.ground.daemon = False
    later = mixed.session()
    minutes = int(later.questions()[0].text.split()[0])
    later.answer("temps", str(60 * minutes))
    assert later.check().green
    assert "setup/incident.sh" not in mixed.ground.ran
    mixed.ground.daemon = True
    later.start(ignore, NOBODY)
    assert "setup/incident.sh" in mixed.ground.ran


def test_a_quiz_that_was_done_is_passed_again_after_a_rewind(mixed: Desk) -> None:
    session = mixed.session()
    session.start(ignore, NOBODY)
    session.solve(ignore)
    minutes = int(session.questions()[0].text.split()[0])
    session.answer("temps", str(60 * minutes))
    session.check()
    session.rewind("avant", ignore, NOBODY)
    session.solve(ignore)
    assert session.state().current_step == "theorie"
    assert [one.state for one in session.questions()] == [QuestionState.RIGHT]
    assert session.check().green
    assert session.state().current_step == "incident"


def test_the_replay_goes_through_a_quiz_and_on(mixed: Desk) -> None:
    replay = Replay(mixed.installation, "panne", "graine", mutants=None, on_row=lambda row: None)
    result = replay.run(ignore, NOBODY)
    assert result.ok, [row for row in result.rows if not row.ok]
    assert [r.stage for r in result.rows if r.step == "theorie"][2:] == [
        "mutant temps trop-grand",
        "mutant temps trop-petit",
    ]


def test_an_interrupted_replay_resumes_after_a_quiz(mixed: Desk) -> None:
    stop = threading.Event()

    def on_row(row: object) -> None:
        if getattr(row, "step", "") == "theorie":
            stop.set()

    replay = Replay(mixed.installation, "panne", "graine", mutants=0, on_row=on_row)
    with pytest.raises(LabError):
        replay.run(ignore, stop)
    told: list[str] = []
    again = Replay(
        mixed.installation,
        "panne",
        "graine",
        mutants=0,
        on_row=lambda row: told.append(f"{row.step} {row.stage}"),
        resume=True,
    )
    assert again.run(ignore, NOBODY).ok
    assert told[:3] == ["avant rouge avant", "avant vert après", "theorie rouge avant"]
    assert mixed.ground.ran.count("solution/10-srv.sh") == 1
