"""An exercise bound to its lab, without a machine: its lock, its preparation's digest."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_playground import Ground, make_installation

from pcapra_lab.errors import ContentError, EnvironmentProblem, LabBusy
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.trainee import LabSession


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture
def installation(tmp_path: Path, ground: Ground) -> Installation:
    return make_installation(tmp_path, ground)


def test_one_at_a_time_but_anyone_may_look(installation: Installation) -> None:
    first = Playground(installation, "panne", "panne", "graine")
    with pytest.raises(LabBusy):
        Playground(installation, "panne", "panne", "graine")
    Playground(installation, "panne", "rejeu-panne", "graine").close()
    Playground(installation, "panne", "panne", "graine", exclusive=False).close()
    with pytest.raises(LabBusy):
        Playground(installation, "panne", "panne", "graine")
    first.close()
    Playground(installation, "panne", "panne", "graine").close()


def test_an_unknown_exercise_takes_no_lock(installation: Installation) -> None:
    with pytest.raises(ContentError, match="panique"):
        Playground(installation, "panique", "panne", "graine")
    Playground(installation, "panne", "panne", "graine").close()


def test_a_malformed_lesson_leaves_the_lab_free(installation: Installation) -> None:
    lesson = installation.catalogue.root / "modules/1-reprise/01-panne.md"
    good = lesson.read_text()
    lesson.write_text(good.replace("level: reel", "level: rêvé"))
    with (
        ProgressStore(installation.paths.progress) as progress,
        pytest.raises(ContentError, match=r"01-panne\.md"),
    ):
        LabSession(installation, progress, "panne")
    Playground(installation, "panne", "panne", "graine").close()


def test_without_images_there_is_no_lab_to_speak_of(
    installation: Installation, ground: Ground
) -> None:
    play = Playground(installation, "panne", "panne", "graine")
    assert not play.has_lab
    with pytest.raises(EnvironmentProblem, match="pas encore construite") as caught:
        _ = play.lab
    assert "image build" in caught.value.hint
    ground.daemon = False
    play.down(ignore)
    play.close()


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (lambda root: (root / "exercises/panne/setup/base.sh").write_text("autre\n"), True),
        (lambda root: (root / "exercises/panne/solution/10-srv.sh").write_text("autre\n"), False),
        (lambda root: (root / "exercises/panne/setup/incident.sh").write_text("autre\n"), False),
    ],
)
def test_only_what_the_preparation_stands_on_asks_for_a_new_one(
    installation: Installation, change: Callable[[Path], object], again: bool
) -> None:
    def digest(seed: str = "graine") -> str:
        play = Playground(installation, "panne", "panne", seed)
        play.close()
        return play._setup_digest()

    before = digest()
    assert digest() == before
    assert digest("autre graine") != before
    change(installation.catalogue.root)
    assert (digest() != before) is again
