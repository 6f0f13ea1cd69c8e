"""Web consoles of a lesson: what its front matter may say."""

from pathlib import Path

import pytest
from content_tree import plant, swap

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint

LESSON = "modules/1-sauvegarde/01-borg.md"
GOOD = "{id: stats, vm: srv, title: Statistiques, port: 8404, path: /stats}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def problems(root: Path, *consoles: str) -> list[str]:
    lines = "".join(f"  - {console}\n" for console in consoles)
    swap(root, LESSON, "duration: 30m\n", f"duration: 30m\nconsoles:\n{lines}")
    return [str(p).removeprefix(f"{root}/{LESSON}:").strip() for p in lint(Catalogue.load(root))]


def test_a_good_one(root: Path) -> None:
    assert problems(root, GOOD) == []
    [console] = Catalogue.load(root).lesson("1-sauvegarde", "01-borg").meta.consoles
    assert (console.scheme, console.port, console.path) == ("http", 8404, "/stats")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("vm: srv", "vm: srw", "consoles.0.vm: la topologie « duo » n'a pas de machine « srw »"),
        ("Statistiques", "Statistiques.", "consoles.0.title: un titre ne finit pas par"),
        ("port: 8404", "port: 0", "consoles.0.port"),
        ("port: 8404", "port: 65536", "consoles.0.port"),
        ("path: /stats", "path: stats", "consoles.0.path"),
        ("path: /stats", 'path: "/a b"', "consoles.0.path"),
        ("path: /stats", "scheme: ftp", "consoles.0.scheme"),
        ("path: /stats", "chemin: /stats", "chemin"),
    ],
)
def test_what_is_refused(root: Path, old: str, new: str, expected: str) -> None:
    found = problems(root, GOOD.replace(old, new))
    assert any(expected in problem for problem in found), found


def test_an_id_is_used_once(root: Path) -> None:
    [problem] = problems(root, GOOD, GOOD)
    assert "consoles.1.id: console « stats » en double" in problem


def test_a_lesson_without_machines_has_none(root: Path) -> None:
    swap(root, LESSON, "exercise: borg\n", "")
    assert any("une leçon sans exercice n'a pas de machine" in p for p in problems(root, GOOD))
