"""What the whole course offers to be read, without a machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from session_course import plant_course

from pcapra_lab.lab.paths import Paths
from pcapra_lab.session.application import LabApplication

GLOSSARY = """\
schema_version: 1
terms:
  - {term: RTO, definition: Temps de reprise accepté.}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    plant_course(tmp_path / "cours")
    return tmp_path


@pytest.fixture
def application(root: Path) -> Iterator[LabApplication]:
    paths = Paths(root / "cache", root / "data", root / "state")
    made = LabApplication(paths, root / "cours")
    yield made
    made.close()


def test_every_ready_lesson_is_searched_and_what_is_found_can_be_read(
    application: LabApplication,
) -> None:
    ready = [
        (module.id, card.id)
        for module in application.modules()
        for card in module.lessons
        if card.ready
    ]
    assert ready
    for module, lesson in ready:
        document = application.read_only(module, lesson)
        for section in document.sections:
            hits = application.search(section.title.upper())
            assert (module, lesson, section.anchor) in [
                (hit.module, hit.lesson, hit.anchor) for hit in hits
            ]


def test_a_course_may_have_a_glossary(application: LabApplication, root: Path) -> None:
    (root / "cours/modules/glossaire.yaml").write_text(GLOSSARY, encoding="utf-8")
    assert [term.term for term in application.lexicon().terms] == ["RTO"]


def test_or_none(application: LabApplication) -> None:
    assert application.lexicon().terms == ()
