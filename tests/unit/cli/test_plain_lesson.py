"""A lesson in plain mode, from its home to its last step, as a script answers it."""

import io
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plain_fakes import HostSession, PaperCourse, never_cancelled, scripted

from pcapra_lab.cli import plain as command
from pcapra_lab.cli.plain import ask_lesson
from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_lesson import Teacher, read
from pcapra_lab.cli.plain_library import Library
from pcapra_lab.cli.plain_voice import EndOfInput, Voice
from pcapra_lab.content.blocks import CommandBlock
from pcapra_lab.errors import LabBusy, LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.session.api import EventSink, LessonCard, ModuleCard, VmPower
from pcapra_lab.session.exam_api import ExamView


@pytest.fixture
def session(tmp_path: Path) -> Iterator[HostSession]:
    made = HostSession(tmp_path)
    yield made
    for shell in made.shells:
        shell.close()


def taught(session: HostSession, *answers: str) -> tuple[bool, str]:
    """What a lesson comes to, and all it said."""
    voice, said = scripted(*answers)
    desk = Desk(session, voice, never_cancelled)
    with desk.opened():
        done = Teacher(desk, Library(PaperCourse(session.lesson), voice)).teach()
    return done, said.getvalue()


def in_order(text: str, *parts: str) -> None:
    """Each part is there, after the one before it."""
    place = 0
    for part in parts:
        found = text.find(part, place)
        assert found >= 0, f"« {part} » is not after:\n{text[:place]}\nbut before:\n{text[place:]}"
        place = found + len(part)


def test_a_whole_lesson_is_taught_sent_checked_and_graded(session: HostSession) -> None:
    # Two commands, a file, a command that asks, and the check that acts.
    done, said = taught(session, "", "", "", "", "O", "")
    assert done
    in_order(
        said,
        "Mise en route des machines.",
        "Démarrage de srv : fait, 12 s.",
        "Leçon 1.1 : Essai",
        "Machine srv, 192.168.1.10, en marche : serveur.",
        "Étape 1, en cours : Créer un fichier",
        "Bienvenue.",
        "Un fichier :",
        "Commande 1, sur srv :\n    X=premier\n    touch un\n",
        "[Entrée] exécuter",
        "Commande finie. Invite de srv : invite>",
        "Réussi : le fichier un existe (sur srv).",
        "Étape réussie. Étape suivante : Finir.",
        "Commande 2, sur srv",
        "valeur premier",
        "Fichier 1, sur srv : /etc/essai.conf, mode 0600 :\n    [essai]",
        "Ce fichier n'existe pas encore sur srv.",
        "Réussi : /etc/essai.conf est écrit sur srv, mode 0600.",
        "Étape en cours, vérifications réussies : 0 sur 2.",
        "Commande 3, sur srv",
        "Continuer ? [O/n] ",
        "(srv attend une réponse)",
        "reçu O",
        "Étape en cours, vérifications réussies : 1 sur 2.",
        "c la lance",
        "Fin de la section. [Entrée] vérifier l'étape",
        "Réussi : un acte le prouve",
        "Étape réussie. Exercice terminé, bravo !",
        "À retenir",
        "Fin de la leçon.",
    )
    assert session.files == {"/etc/essai.conf": "[essai]\nnom = deux\n"}
    assert session.calls == [
        "watch",
        "check",
        "write /etc/essai.conf 0600",
        "watch",
        "watch",
        "check",
    ]


def test_a_step_is_passed_before_the_lesson_undoes_it(session: HostSession) -> None:
    _, said = taught(session, "", "")
    assert not (session.home / "un").exists()
    assert session.done == 1
    assert "Il reste à faire : Finir." in said


def test_nothing_is_said_by_a_sign_or_a_colour(session: HostSession) -> None:
    _, said = taught(session, "c", "e", "i", "aide", "r", "", "", "", "", "O", "")
    assert "\x1b" not in said
    assert not set(said) & set("✔✘⚠○●▶│─┌█░◐")


def test_what_is_wrong_is_said_in_words(session: HostSession) -> None:
    _, said = taught(session, "c")
    in_order(
        said,
        "À corriger : le fichier un existe (sur srv).",
        "  Attendu : un existe",
        "  Vu : absent",
        "  Piste : créez un",
        "L'étape n'est pas encore réussie.",
    )


def test_hints_then_the_solution_only_when_agreed_to(session: HostSession) -> None:
    _, said = taught(session, "i", "i", "sol", "n", "sol", "peut-être", "o")
    in_order(
        said,
        "Indice 1 sur 1 : Lisez la leçon.",
        "Il n'y a plus d'indice",
        "aucun point",
        "aucun point",
        "Étape réussie",
    )
    assert session.helped == {0}
    assert session.calls.count("check") == 1


def test_own_commands_run_in_the_same_shell_and_are_watched(session: HostSession) -> None:
    _, said = taught(session, "! Y=deja", "! echo $Y; touch un", "!autre ls")
    in_order(said, "deja", "Étape réussie", "la machine « autre » n'existe pas", "machines : srv")
    assert session.done == 1
    assert len(session.shells) == 1


def test_a_file_that_is_there_is_compared_in_words(session: HostSession) -> None:
    session.done = 1
    session.files["/etc/essai.conf"] = "[essai]\nnom = un\n"
    _, said = taught(session, "p")
    in_order(said, "  retirée : nom = un", "  ajoutée : nom = deux")
    assert "Bienvenue" not in said, "the lesson resumes at the current step"
    assert session.files["/etc/essai.conf"].endswith("un\n")


def test_an_editor_is_offered_for_a_file_and_refused_to_a_script(session: HostSession) -> None:
    session.done = 1
    _, said = taught(session, "ed", "p", "ed")
    in_order(
        said,
        "ed l'ouvrir dans",
        "Erreur : ed demande un terminal",
        "Remède : Entrée écrit",
        "Commande 3, sur srv",
        "« ed » n'est pas une réponse connue",
    )
    assert session.files == {}


def test_going_back_reads_the_step_again_in_new_shells(session: HostSession) -> None:
    _, said = taught(session, "", "r", "x", "r", "1", "")
    in_order(said, "1 : Créer un fichier", "Rien n'a changé.", "Commande 1, sur srv")
    assert "rewind creer" in session.calls
    assert len(session.shells) == 2


def test_an_exam_is_begun_at_the_first_step(
    session: HostSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = session.exams.start

    def anew(on_event: EventSink, cancel: threading.Event) -> ExamView:
        session.done = 0
        return begin(on_event, cancel)

    monkeypatch.setattr(session.exams, "start", anew)
    session.done = 1
    _, said = taught(session, "x commencer", "n", "x commencer", "o", "q")
    in_order(said, "Fichier 1, sur srv", "Examen en cours.", "Commande 1, sur srv")


def test_a_pause_taken_elsewhere_can_be_ended_here(session: HostSession) -> None:
    session.paused = True
    _, said = taught(session, "pause", "", "q")
    in_order(said, "En pause : le temps n'est pas compté. [Entrée] reprendre", "Reprise.")
    assert [one for one in session.calls if one in ("pause", "resume")] == ["resume"]


def test_a_section_can_be_read_again(session: HostSession) -> None:
    _, said = taught(session, "l", "q")
    assert said.count("Un fichier :") == 2


def test_an_introduction_with_commands_can_be_read_again(session: HostSession) -> None:
    first = next(b for b in session.lesson.sections[0].blocks if isinstance(b, CommandBlock))
    session.lesson = replace(session.lesson, introduction=(*session.lesson.introduction, first))
    _, said = taught(session, "l", "q")
    assert said.count("Bienvenue.") == 2


def test_what_fails_is_told_with_its_remedy_and_can_be_tried_again(
    session: HostSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_vm: str, _columns: int, _rows: int) -> None:
        raise LabError("srv : le terminal n'a pas pu s'ouvrir", hint="pcapra-lab status")

    with monkeypatch.context() as broken:
        broken.setattr(session, "open_shell", refuse)
        _, said = taught(session, "", "q")
    in_order(said, "Erreur : srv : le terminal", "Remède : pcapra-lab status", "[Entrée] exécuter")
    assert session.calls == []


def test_a_terminal_is_refused_to_a_script(session: HostSession) -> None:
    _, said = taught(session, "s")
    in_order(said, "Erreur : s demande un terminal", "Remède : !")


def test_a_machine_that_falls_is_said_at_the_next_question(session: HostSession) -> None:
    voice, said = scripted("q")
    desk = Desk(session, voice, never_cancelled)
    with desk.opened():
        [follower] = session.followers
        follower("srv", VmPower.STOPPED)
        Teacher(desk, Library(PaperCourse(session.lesson), voice)).teach()
    in_order(said.getvalue(), "Attention : la machine srv est à l'arrêt.", "[Entrée] exécuter")
    assert session.followers == []


def test_a_finished_exercise_says_so(session: HostSession) -> None:
    session.done = 2
    done, said = taught(session)
    assert done
    assert "Exercice déjà terminé" in said


CARD = LessonCard("1", "01", "1.1", "Essai", ready=True, exercise="essai", steps_total=2, total=20)
STARTED = replace(
    CARD, number="1.2", steps_done=1, earned=10, last_used=1.0, current_step_title="Finir"
)
SOON = LessonCard("1", "02", "", "Plus tard", ready=False)
COURSE = (ModuleCard("1", "1", "Sauvegarder", "", (CARD, SOON, STARTED)),)


def test_the_home_tells_progress_and_asks_which_lesson(session: HostSession) -> None:
    voice, said = scripted("7", "deux", "2")
    library = Library(PaperCourse(session.lesson), voice)
    assert ask_lesson(COURSE, None, voice, library) is STARTED
    in_order(
        said.getvalue(),
        "Module 1 : Sauvegarder",
        "  1 : 1.1 Essai, 2 étapes, pas commencée.",
        "  En préparation : Plus tard.",
        "  2 : 1.2 Essai, étapes réussies : 1 sur 2, 10 points sur 20",
        "« 7 » n'est pas un numéro de leçon : de 1 à 2.",
        "« deux » n'est pas",
    )


def test_an_empty_answer_resumes_and_q_leaves(session: HostSession) -> None:
    voice, said = scripted("", "q")
    library = Library(PaperCourse(session.lesson), voice)
    assert ask_lesson(COURSE, STARTED, voice, library) is STARTED
    assert "Entrée pour reprendre « Essai »" in said.getvalue()
    with pytest.raises(EndOfInput):
        ask_lesson(COURSE, STARTED, voice, library)


def test_a_lesson_is_read_without_machines(session: HostSession) -> None:
    voice, said = scripted("", "q")
    read(session.lesson, voice, Library(PaperCourse(session.lesson), voice))
    in_order(said.getvalue(), "Bienvenue.", "[Entrée] lire « Créer »", "Un fichier :", "« Finir »")
    assert "/etc/essai.conf" not in said.getvalue()


def test_progress_is_a_line_now_and_then() -> None:
    said = io.StringIO()
    voice = Voice(io.StringIO(), said)
    for second in range(25):
        voice.progress(LabEvent(Phase.PREPARE, "srv", second / 25, float(second), expected=25.0))
    voice.progress(LabEvent(Phase.PREPARE, "srv", 1.0, 25.0))
    assert said.getvalue().splitlines() == [
        "Préparation de srv : 0 %, 0 s, environ 25 s la dernière fois.",
        "Préparation de srv : 40 %, 10 s, environ 25 s la dernière fois.",
        "Préparation de srv : 80 %, 20 s, environ 25 s la dernière fois.",
        "Préparation de srv : fait, 25 s.",
    ]


class HostApplication:
    """A course of one exercise."""

    def __init__(self, session: HostSession) -> None:
        self.session = session
        self.busy = False

    def exercises(self, *, drafts: bool = False) -> tuple[str, ...]:
        return ("essai",)

    def modules(self) -> tuple[ModuleCard, ...]:
        return COURSE

    def resume(self) -> LessonCard | None:
        return None

    def open(self, exercise: str, patience: object) -> HostSession:
        if self.busy:
            raise LabBusy(f"le laboratoire {exercise} est pris", hint="fermez l'application")
        return self.session


@pytest.fixture
def application(session: HostSession, monkeypatch: pytest.MonkeyPatch) -> HostApplication:
    made = HostApplication(session)
    monkeypatch.setattr(command, "application", lambda: nullcontext(made))
    # The room that machines need is test_up_room's matter: these have none.
    monkeypatch.setattr(command, "make_room", lambda _session, yes: None)
    return made


def piped(answers: str, *arguments: str) -> Result:
    return CliRunner().invoke(command.plain, list(arguments), input=answers)


def test_the_exit_status_of_a_finished_exercise_is_0(application: HostApplication) -> None:
    result = piped("1\n\n\n\n\nO\n\n")
    assert result.exit_code == 0, result.output
    assert "pcapra-lab down essai les endort" in " ".join(result.output.split())
    assert application.session.calls[-1] == "close"


@pytest.mark.parametrize("answers", ["", "\n", "q\n"])
def test_the_exit_status_of_an_exercise_that_was_left_is_1(
    application: HostApplication, answers: str
) -> None:
    result = piped(answers, "essai")
    assert result.exit_code == 1, result.output
    assert "Il reste à faire" in result.output
    assert application.session.calls[-1] == "close"


def test_a_lab_that_is_taken_says_so_and_gives_its_own_status(
    application: HostApplication,
) -> None:
    application.busy = True
    result = piped("", "essai")
    assert result.exit_code == LabBusy.exit_code
    in_order(result.output, "Erreur : le laboratoire essai est pris", "Remède : fermez")


def test_an_unknown_exercise_is_named(application: HostApplication) -> None:
    result = piped("", "autre")
    assert result.exit_code == 1
    assert "l'exercice « autre » n'existe pas" in result.output
