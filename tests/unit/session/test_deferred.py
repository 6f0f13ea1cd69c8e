"""An application made by the first call, whichever thread it comes from."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from session_course import plant_course

from pcapra_lab.errors import LabError
from pcapra_lab.lab.paths import Paths
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.deferred import DeferredApplication


class Maker:
    """Makes applications, and remembers them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: list[LabApplication] = []
        self.errors: list[LabError] = []

    def __call__(self) -> LabApplication:
        if self.errors:
            raise self.errors.pop()
        paths = Paths(self.root / "cache", self.root / "data", self.root / "state")
        self.made.append(LabApplication(paths, self.root / "cours"))
        return self.made[-1]


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    plant_course(tmp_path / "cours")
    return Maker(tmp_path)


def test_nothing_is_made_before_the_first_call_nor_to_be_closed(maker: Maker) -> None:
    DeferredApplication(maker).close()
    assert maker.made == []


def test_two_threads_that_come_at_once_share_one(maker: Maker) -> None:
    deferred = DeferredApplication(maker)
    together = Barrier(2)

    def ask() -> list[str]:
        together.wait(10)
        return [module.id for module in deferred.modules()]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(ask), pool.submit(ask)
        assert first.result(10) == second.result(10) != []
    assert len(maker.made) == 1
    deferred.close()


def test_it_answers_as_the_one_it_makes(maker: Maker) -> None:
    deferred = DeferredApplication(maker)
    [module, *_] = deferred.modules()
    ready = next(card for card in module.lessons if card.ready)
    document = deferred.read_only(module.id, ready.id)
    [made] = maker.made
    assert document is made.read_only(module.id, ready.id)
    assert deferred.search(document.sections[0].title) == made.search(document.sections[0].title)
    assert deferred.lexicon() is made.lexicon()
    assert deferred.resume() is None
    assert deferred.host().images_ready is False
    assert ready.exercise is not None
    session = deferred.open(ready.exercise)
    assert session.exercise.id == ready.exercise
    session.close()
    deferred.close()


def test_what_keeps_it_from_being_made_is_told_each_time_and_may_pass(maker: Maker) -> None:
    deferred = DeferredApplication(maker)
    maker.errors = [LabError("disque plein", hint="faites de la place") for _ in range(2)]
    for _ in range(2):
        with pytest.raises(LabError, match="disque plein"):
            deferred.modules()
    assert deferred.modules()
    deferred.close()
