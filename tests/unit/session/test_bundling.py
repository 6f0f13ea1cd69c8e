"""A RÉEL-BUNDLE lesson without its product is « non noté »: never passed, never failed."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from bundle_course import bring_product, plant_bundle
from fake_playground import Desk, open_desk

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.api import LessonCard, StepState
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.bundling import NotGraded, products, ungraded
from pcapra_lab.session.digests import content_digest
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.replay_all import WholeReplay
from pcapra_lab.session.trainee import LabSession

NOBODY = threading.Event()
LESSON = "1-reprise/01-panne"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        on_the_product(opened)
        yield opened


def on_the_product(desk: Desk, level: str = "reel-bundle") -> None:
    root = desk.installation.catalogue.root
    plant_bundle(root, "panne", LESSON, level=level)
    desk.installation.catalogue = Catalogue.load(root)


def machines_made(desk: Desk, bundle: str) -> None:
    """The lab was made, on a disk of the bundle or on none."""
    folder = desk.installation.paths.images / "image"
    folder.mkdir(parents=True)
    disk = folder / bundle if bundle else ""
    topology = desk.installation.catalogue.topology("duo").model_dump(mode="json")
    made = Ground(str(folder / "depot.raw"), {"base": str(folder)}, "-", topology, str(disk))
    made.save(desk.installation.paths.labs / "panne")


def states(session: LabSession) -> set[StepState]:
    return {step.state for step in session.state().steps}


def acts(session: LabSession) -> list[Callable[[], object]]:
    return [
        lambda: session.start(ignore, NOBODY),
        session.check,
        lambda: session.check(observe_only=True),
        lambda: session.solve(ignore),
        lambda: session.solve_until("fin", ignore, NOBODY),
        lambda: session.answer("question", "1"),
    ]


def test_without_its_product_nothing_is_graded_nor_recorded(desk: Desk) -> None:
    session = desk.session()
    # Whatever the machines would say.
    desk.ground.passing |= {"installe", "repond", "redemarre", "bilan"}
    for act in acts(session):
        with pytest.raises(NotGraded, match=r"non noté : le lot du formateur manque \(Le Produit"):
            act()
    assert desk.ground.ran == [] and desk.ground.calls == []
    assert desk.progress.attempts("panne") == ()
    state = session.state()
    assert states(session) == {StepState.UNGRADED}
    assert (state.earned, state.ready) == (0, False)
    assert state.ungraded.startswith("exercice non noté")


def test_the_remedy_names_the_commands(desk: Desk) -> None:
    with pytest.raises(NotGraded) as caught:
        desk.session().check()
    assert "pcapra-lab bundle fetch produit" in caught.value.hint
    assert "bundle import" in caught.value.hint


def test_with_its_product_it_is_a_lesson_like_any_other(desk: Desk) -> None:
    bring_product(desk.installation.bundle)
    session = desk.session()
    session.start(ignore, NOBODY)
    desk.ground.passing.add("installe")
    assert session.check().green
    assert session.state().ungraded == ""
    assert states(session) == {StepState.DONE, StepState.CURRENT, StepState.LOCKED}


def test_a_product_that_goes_leaves_what_was_earned_and_grades_no_more(desk: Desk) -> None:
    path = bring_product(desk.installation.bundle)
    session = desk.session()
    session.start(ignore, NOBODY)
    desk.ground.passing |= {"installe", "repond", "redemarre"}
    session.check()
    path.unlink()
    with pytest.raises(NotGraded):
        session.check()
    assert session.state().earned == 10
    assert states(session) == {StepState.DONE, StepState.UNGRADED}


def test_a_file_that_changed_is_no_product(desk: Desk) -> None:
    bring_product(desk.installation.bundle).write_bytes(b"autre chose")
    with pytest.raises(NotGraded):
        desk.session().check()


def test_machines_that_hold_the_product_need_its_files_no_more(desk: Desk) -> None:
    machines_made(desk, "lot.raw")
    exercise = desk.installation.catalogue.exercise("panne")
    assert ungraded(desk.installation, exercise, "panne") is None
    again = ungraded(desk.installation, exercise, "panne", fresh=True)
    assert again is not None, "machines made again would lack it"


def test_machines_made_without_the_product_are_not_graded(desk: Desk) -> None:
    machines_made(desk, "")
    bring_product(desk.installation.bundle)
    with pytest.raises(NotGraded, match="faites sans le lot") as caught:
        desk.session().check()
    assert "down --delete panne" in caught.value.hint


def test_another_level_gets_what_is_there_and_is_graded_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(tmp_path, monkeypatch) as desk:
        on_the_product(desk, level="equivalent")
        exercise = desk.installation.catalogue.exercise("panne")
        assert products(desk.installation, exercise) == []
        session = desk.session()
        session.start(ignore, NOBODY)
        desk.ground.passing.add("installe")
        assert session.check().green
        bring_product(desk.installation.bundle)
        assert products(desk.installation, exercise) == ["produit"]


def test_the_home_screen_says_it(desk: Desk) -> None:
    app = LabApplication(desk.installation.paths, desk.installation.catalogue.root)
    try:
        assert card(app).ungraded
        bring_product(app.installation.bundle)
        assert not card(app).ungraded
        app.installation.bundle.register.path.write_text("{")
        assert card(app).ungraded, "what cannot be read promises nothing, and breaks no screen"
    finally:
        app.close()


def card(app: LabApplication) -> LessonCard:
    return app.modules()[0].lessons[0]


# -- replays --------------------------------------------------------------------------------


def test_real_machines_are_not_even_built_without_the_product(desk: Desk) -> None:
    play = Playground(desk.installation, "panne", "rejeu-panne", "graine", fresh=True)
    with pytest.raises(NotGraded):
        play.up(ignore, NOBODY)
    play.close()
    assert not list(desk.installation.paths.images.glob("*"))


def test_replaying_everything_tells_it_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def up(self: object, *_arguments: object) -> bool:
        raise NotGraded("exercice non noté")

    monkeypatch.setattr("pcapra_lab.session.replay.Playground.up", up)
    whole = WholeReplay(
        desk.installation,
        seed=None,
        fresh_seed=lambda: "tirée",
        mutants=None,
        proof=True,
        restart=False,
        on_begin=lambda _name: None,
        on_row=lambda _name, _row: None,
    )
    [line] = whole.run(ignore, NOBODY)
    assert (line.ok, line.ungraded, line.detail) == (False, True, "exercice non noté")
    assert whole.missing() == ["panne"], "it is to be proved another day"
    folder = desk.installation.catalogue.exercise_folder("panne")
    assert not (folder / "proof.json").exists()
    assert asdict(line)["ungraded"]


def test_a_proof_stands_on_what_the_manifest_says_of_its_product(desk: Desk) -> None:
    root = desk.installation.catalogue.root
    before = content_digest(Catalogue.load(root), "panne")
    path = root / "vm-images/bundle.yaml"
    path.write_text(path.read_text().replace("title: Le Produit", "title: Le Produit 2"))
    assert content_digest(Catalogue.load(root), "panne") != before
