"""A quiz by commands and in plain mode, from its questions to its last point."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plain_fakes import PaperCourse, never_cancelled, scripted
from quiz_course import plant_quiz, right_answers

from pcapra_lab.cli.main import cli
from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_lesson import Teacher
from pcapra_lab.cli.plain_library import Library
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.lab.paths import Paths
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.trainee import LabSession


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path / "home"))
    return plant_quiz(tmp_path / "cours")


def run(course: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--content", str(course), *words])


def asked(course: Path) -> dict[str, tuple[str, ...]]:
    views = json.loads(run(course, "answer", "--json").stdout)
    return {view["id"]: tuple(view["options"]) for view in views}


def answers(course: Path, offered: dict[str, tuple[str, ...]]) -> dict[str, str]:
    app = LabApplication(content=course)
    try:
        exercise = app.installation.catalogue.exercise("theorie")
        return right_answers(draw_all(exercise, app.progress.seed("theorie")), offered)
    finally:
        app.close()


def test_the_questions_are_shown_without_their_answers(course: Path) -> None:
    shown = run(course, "answer")
    assert shown.exit_code == 0, shown.output
    assert "minutes d'arrêt en 30 jours ?" in " ".join(shown.output.split())
    assert "Trente jours font" not in shown.output and "réponse" not in shown.output


def test_a_quiz_is_done_by_commands(course: Path) -> None:
    right = answers(course, asked(course))
    wrong = run(course, "answer", "minutes", "7777777")
    assert wrong.exit_code == 1
    assert "faux    : " in wrong.output and "Trente jours" not in wrong.output
    for question, answer in right.items():
        good = run(course, "answer", question, *answer.split())
        assert good.exit_code == 0, good.output
    assert "Exercice terminé, bravo !" in good.output
    assert "10/10 points" in run(course, "status").output


def test_a_question_is_given_up_and_the_step_is_helped(course: Path) -> None:
    shown = run(course, "answer", "minutes", "--give-up")
    assert shown.exit_code == 0, shown.output
    assert "réponse : " in shown.output
    assert "Trente jours font 43 200 minutes" in shown.output
    solved = run(course, "solve")
    assert solved.exit_code == 0, solved.output
    assert "✔ aidée" in run(course, "status").output


def test_what_is_no_answer_says_so(course: Path) -> None:
    for words in (["minutes", "beaucoup"], ["seconde", "1"], ["minutes"]):
        refused = run(course, "answer", *words)
        assert refused.exit_code not in (0, 1) or "✘" in refused.output, words


def test_machines_are_not_asked_for(course: Path) -> None:
    started = run(course, "up")
    assert started.exit_code == 0, started.output
    assert run(course, "down").exit_code == 0
    assert "pas de machines" in run(course, "reset", "--vm", "srv", "-y").output


def test_a_replay_without_machines_writes_its_proof(course: Path) -> None:
    proved = run(course, "replay", "theorie", "--proof", "--seed", "graine")
    assert proved.exit_code == 0, proved.output
    assert "mutants tués 11/11" in proved.output
    proof = json.loads((course / "exercises/theorie/proof.json").read_text())
    assert proof["killed"] == 11
    assert run(course, "lint").exit_code == 0


@pytest.fixture
def app(tmp_path: Path) -> Iterator[LabApplication]:
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    opened = LabApplication(paths, plant_quiz(tmp_path / "cours"))
    yield opened
    opened.close()


def taught(session: LabSession, *words: str) -> tuple[bool, str]:
    voice, said = scripted(*words)
    desk = Desk(session, voice, never_cancelled)
    with desk.opened():
        done = Teacher(desk, Library(PaperCourse(session.lesson), voice)).teach()
    return done, said.getvalue()


def test_a_quiz_is_asked_as_lines(app: LabApplication) -> None:
    session = app.open("theorie")
    values = draw_all(session.exercise, app.progress.seed("theorie"))
    right = right_answers(values, {one.id: one.options for one in session.questions()})
    done, said = taught(
        session,
        "beaucoup", "7777777", right["minutes"], right["frequence"], "", right["regle"],
        "sol", "o",
    )  # fmt: skip
    session.close()
    assert done, said
    assert "machines" not in said.partition("Question 1")[0]
    parts = [
        "Question 1 sur 4", "Votre réponse, en min", "n'est pas un nombre", "Ce n'est pas juste.",
        "C'est juste.", "Trente jours font", "Question 2 sur 4", "Le numéro de votre choix",
        "Question 3 sur 4", "Les numéros de vos choix", "Question 4 sur 4",
        "Vos numéros, dans l'ordre", "Détecter ; Basculer ; Vérifier ; Revenir",
        "Exercice terminé, bravo !",
    ]  # fmt: skip
    places = [said.find(part) for part in parts]
    assert places == sorted(places) and places[0] >= 0, said


def test_a_question_put_off_is_left_open(app: LabApplication) -> None:
    session = app.open("theorie")
    done, said = taught(session, "p", "l", "p", "p", "p", "p")
    assert not done
    assert said.count("Question 1 sur 4") == 2, "the section was read again"
    assert "Questions sans réponse dans cette étape : 4." in said
    assert "Il reste à faire : Ce que coûte un pourcentage." in said
    session.close()


def test_replay_all_ends_with_a_table_and_one_status(course: Path) -> None:
    proved = run(course, "replay", "--all", "--seed", "graine")
    assert proved.exit_code == 0, proved.output
    assert "✔ theorie" in proved.output and "1/1 exercices prouvés" in proved.output
    again = json.loads(run(course, "replay", "--all", "--json").stdout)
    assert (again["seed"], again["ok"]) == ("graine", True)
    exercise = course / "exercises/theorie/exercise.yaml"
    exercise.write_text(exercise.read_text().replace("tolerance: 1%", "tolerance: 100%"))
    failed = run(course, "replay", "--all")
    assert failed.exit_code == 1
    assert "✘ theorie" in failed.output and "0/1 exercices prouvés" in failed.output


@pytest.mark.parametrize("words", [["theorie", "--all"], [], ["--all", "--discard"], ["--restart"]])
def test_replay_wants_an_exercise_or_all_of_them(course: Path, words: list[str]) -> None:
    assert run(course, "replay", *words).exit_code == 2
