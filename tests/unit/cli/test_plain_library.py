"""Search and glossary in plain mode: at home, in a lesson, and while one is only read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from plain_fakes import HostSession, PaperCourse, never_cancelled, scripted

from pcapra_lab.cli.plain import ask_lesson
from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_lesson import Teacher, read
from pcapra_lab.cli.plain_library import Library
from pcapra_lab.content.blocks import LessonDocument, Prose
from pcapra_lab.content.glossary import NO_TERMS
from pcapra_lab.content.lesson import parse_lesson_text
from pcapra_lab.content.search import Hit
from pcapra_lab.errors import ContentError
from pcapra_lab.session.api import LessonCard, ModuleCard

LESSON = """\
---
schema_version: 1
id: 02-mots
number: "1.2"
title: Les mots
level: reel
duration: 10m
---

Bienvenue.

## Mesurer {#mesurer}

Le **RTO** se mesure depuis l'écran noir.

## Promettre

Un écran promet ce qu'il peut.
"""


@pytest.fixture
def course() -> PaperCourse:
    return PaperCourse(parse_lesson_text(LESSON, Path("02-mots.md")))


def served(course: PaperCourse, answer: str, *answers: str, reading: str = "") -> str:
    voice, said = scripted(*answers)
    assert Library(course, voice).serves(answer, [Prose(reading, 1)])
    return said.getvalue()


@pytest.mark.parametrize("asked", ["/ecran", "/ ÉCRAN"])
def test_what_is_found_is_numbered_and_one_is_read(course: PaperCourse, asked: str) -> None:
    said = served(course, asked, "3", "x", "2")
    assert "1 : 1.2 Les mots, « Mesurer ». Le RTO se mesure depuis l'écran noir." in said
    assert "2 : 1.2 Les mots, « Promettre »." in said
    assert said.count("n'est pas un numéro : de 1 à 2") == 2
    read_aloud = said.partition("1.2 Les mots : Promettre\n")[2]
    assert "Un écran promet ce qu'il peut." in read_aloud
    assert "RTO" not in read_aloud
    assert course.read == ["1-essai/02-mots"]


def test_an_open_lesson_is_read_with_its_parameters(course: PaperCourse) -> None:
    filled = parse_lesson_text(LESSON.replace("promet", "tient"), Path("02-mots.md"))
    voice, said = scripted("1")
    Library(course, voice, {"1-essai/02-mots": filled}).serves("/promettre")
    assert "Un écran tient ce qu'il peut." in said.getvalue()
    assert course.read == []


def test_nothing_found_is_said_and_nothing_is_asked(course: PaperCourse) -> None:
    assert served(course, "/zzz").startswith("Rien de tel.")


def test_without_words_they_are_asked_for(course: PaperCourse) -> None:
    assert "« Promettre »" in served(course, "/", "promet", "")
    assert served(course, "/", "").count("\n> ") == 1


def test_of_many_results_the_first_are_told_and_the_number_of_all() -> None:
    parts = "".join(f"\n## Partie {n}\n\nUn écran de plus.\n" for n in range(12))
    head = LESSON.partition("## Mesurer")[0]
    course = PaperCourse(parse_lesson_text(head + parts, Path("02-mots.md")))
    said = served(course, "/ecran", "")
    assert "9 : 1.2 Les mots" in said and "10 : 1.2" not in said
    assert "12 sections en tout" in said


def test_g_explains_the_words_of_what_is_read(course: PaperCourse) -> None:
    said = served(course, "g", reading="Un **RTO** court.")
    assert said == "RTO, temps de reprise : Le temps de revenir.\n"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("g rto", "RTO, temps de reprise : "),
        ("G Temps de reprise", "RTO, temps de reprise : "),
        ("g rp", "RPO : Ce que l'on accepte de perdre."),
        ("g r", "RPO : Ce que l'on accepte de perdre.\nRTO, "),
        ("g zut", "« zut » n'est pas dans le glossaire. g suivi d'un de ces mots"),
        ("g", "Aucun mot du glossaire ici. g suivi d'un de ces mots"),
    ],
)
def test_a_word_is_explained_whatever_its_capitals(
    course: PaperCourse, asked: str, expected: str
) -> None:
    assert served(course, asked).startswith(expected)


def test_a_course_without_glossary_says_so(course: PaperCourse) -> None:
    assert served(replace(course, words=NO_TERMS), "g") == "Ce cours n'a pas de glossaire.\n"


def test_what_fails_is_told_and_the_question_comes_again() -> None:
    class Broken(PaperCourse):
        def search(self, query: str) -> tuple[Hit, ...]:
            raise ContentError("02-mots.md:3: title", hint="pcapra-lab lint")

    said = served(Broken(parse_lesson_text(LESSON, Path("02-mots.md"))), "/x")
    assert "Erreur : 02-mots.md:3" in said and "Remède : pcapra-lab lint" in said


@pytest.mark.parametrize("answer", ["", "c", "gg", "12", "garder"])
def test_the_rest_is_left_to_others(course: PaperCourse, answer: str) -> None:
    voice, said = scripted()
    assert not Library(course, voice).serves(answer)
    assert said.getvalue() == ""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[HostSession]:
    made = HostSession(tmp_path)
    yield made
    for shell in made.shells:
        shell.close()


def test_in_a_lesson_they_come_back_to_the_question(session: HostSession) -> None:
    lesson: LessonDocument = session.lesson
    voice, said = scripted("/retenir", "1", "g rto", "g", "q")
    desk = Desk(session, voice, never_cancelled)
    with desk.opened():
        assert not Teacher(desk, Library(PaperCourse(lesson), voice)).teach()
    heard = said.getvalue()
    assert "Rien.\n\nFin de ce qui était à lire." in heard
    assert "RTO, temps de reprise : Le temps de revenir." in heard
    assert "Aucun mot du glossaire ici." in heard
    assert heard.count("[Entrée] exécuter") == 4
    assert "n'est pas une réponse connue" not in heard


def test_at_home_and_while_reading(course: PaperCourse) -> None:
    card = LessonCard("1-essai", "02-mots", "1.2", "Les mots", ready=True)
    modules = (ModuleCard("1-essai", "1", "Essai", "", (card,)),)
    voice, said = scripted("/écran", "", "g RPO", "1", "g rto", "zut", "", "g", "q")
    library = Library(course, voice)
    assert ask_lesson(modules, None, voice, library) is card
    read(course.lesson, voice, library)
    heard = said.getvalue()
    assert "RPO : Ce que l'on accepte de perdre." in heard
    assert "/ suivi de mots les cherche" in heard
    assert heard.count("RTO, temps de reprise : ") == 2, "asked for, then as a word of the section"
    assert "Un écran promet" not in heard.partition("lire « Mesurer »")[2]
