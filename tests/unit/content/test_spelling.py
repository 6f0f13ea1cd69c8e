"""Which words are read, where they stand, and the course's own list of them."""

from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, plant, swap, write

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint
from pcapra_lab.content.spelling import NAME, Place, words, words_in

LIST = f"modules/{NAME}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'archive de quelqu'un, aujourd’hui.", ["archive", "de", "quelqu'un", "aujourd’hui"]),
        ("Placez-vous **ici**.", ["Placez-vous", "ici"]),
        ("Tapez `borg\ninit`, puis `` a ` b ``.", ["Tapez", "puis"]),
        ("Voir [le site](https://exemple.fr/page) de {{client}}", ["Voir", "le", "site", "de"]),
        ("Dans /etc/cron.d, avec --list, en BORG_REPO=x", ["Dans", "avec", "en"]),
        ("AES-256 et borg@srv, version 1.2, à 02h30", ["et", "version"]),
        ("l'étape n°3 : dès qu'elle est verte", ["étape", "dès", "elle", "est", "verte"]),
    ],
)
def test_code_paths_and_parameters_are_not_words(text: str, expected: list[str]) -> None:
    assert [word for word, _ in words_in(text)] == expected


def test_words_know_their_lines() -> None:
    assert list(words_in("Un `a\nb` mot\nlu")) == [("Un", 0), ("mot", 1), ("lu", 2)]


def test_every_text_a_trainee_reads_is_searched(tmp_path: Path) -> None:
    root = plant(tmp_path)
    found = words(Catalogue.load(root))
    assert found["Bravo"] == [Place(root / LESSON, 40)]
    [hint, *_] = found["Pensez"]
    assert (hint.path, hint.key) == (root / EXERCISE, "steps.1.hints.0")
    assert {"Sauvegarder", "Dépôt", "Deux", "fermez"} <= set(found)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("borg\nDepot\n", ["2: « Depot » : aucun texte n'emploie ce mot"]),
        ("Bravo\nborg\n", ["2: « borg » : mots en double ou mal rangés"]),
        ("borg\nborg\n", ["2: « borg » : mots en double ou mal rangés"]),
        ("borg # outil\n", ["1: « borg # outil » : un mot par ligne, et rien d'autre"]),
        ("borg\n\n", ["2: «  » : un mot par ligne, et rien d'autre"]),
        ("borg\r\n", ["1: fin de ligne Windows (CRLF) : enregistrez le fichier avec des fins de "
                      "ligne Unix"]),
        ("borg\n", []),
    ],
)  # fmt: skip
def test_the_list_is_sorted_and_holds_only_words_in_use(
    tmp_path: Path, listed: str, expected: list[str]
) -> None:
    root = plant(tmp_path)
    write(root / LIST, listed)
    problems = [str(p).removeprefix(f"{root}/{LIST}:") for p in lint(Catalogue.load(root))]
    assert problems == expected


def test_a_broken_course_is_told_before_its_words_are_counted(tmp_path: Path) -> None:
    root = plant(tmp_path)
    write(root / LIST, "inconnu\n")
    swap(root, LESSON, "Bravo.", "Bravo <b>.")
    [problem] = lint(Catalogue.load(root))
    assert "HTML" in problem.message
