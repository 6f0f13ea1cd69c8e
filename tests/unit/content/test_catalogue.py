import os
from pathlib import Path

import pytest
from content_tree import EXERCISE, FILES, LESSON, MODULE, plant, swap, write

from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.content.problems import ContentProblems
from pcapra_lab.errors import ContentError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def test_everything_is_found(root: Path) -> None:
    catalogue = Catalogue.load(root)

    assert [module.id for module in catalogue.modules()] == ["1-sauvegarde"]
    assert [exercise.id for exercise in catalogue.exercises()] == ["borg"]
    assert [topology.id for topology in catalogue.topologies()] == ["duo"]
    assert [image.id for image in catalogue.images()] == ["base", "web"]
    assert catalogue.depot().groups[0].packages == ["borgbackup"]
    assert catalogue.exercise_folder("borg") == root / "exercises/borg"
    lesson = catalogue.lesson("1-sauvegarde", "01-borg")
    assert lesson.meta.exercise == "borg"
    assert lesson.path == str(root / LESSON)


def test_modules_follow_their_numbers(root: Path) -> None:
    for number in ("10", "2"):
        text = FILES[MODULE].replace('number: "1"', f'number: "{number}"')
        write(root / f"modules/m{number}/module.yaml", text)
    assert [m.number for m in Catalogue.load(root).modules()] == ["1", "2", "10"]


def test_items_are_read_once_and_one_bad_item_spoils_no_other(root: Path) -> None:
    swap(root, EXERCISE, "title: Restaurer", "titre: Restaurer")
    catalogue = Catalogue.load(root)

    with pytest.raises(ContentProblems):
        catalogue.exercise("borg")
    assert catalogue.topology("duo") is catalogue.topology("duo")
    lesson = catalogue.lesson("1-sauvegarde", "01-borg")
    assert catalogue.lesson("1-sauvegarde", "01-borg") is lesson


@pytest.mark.parametrize("name", ["bork", "../exercises/borg", "", "/etc"])
def test_an_unknown_id_never_becomes_a_path(root: Path, name: str) -> None:
    catalogue = Catalogue.load(root)
    for get in (catalogue.exercise, catalogue.topology, catalogue.image, catalogue.module):
        with pytest.raises(ContentError, match=f"introuvable : « {name} »"):
            get(name)


def test_an_unknown_id_comes_with_the_close_ones_and_the_others(root: Path) -> None:
    with pytest.raises(ContentError) as caught:
        Catalogue.load(root).exercise("bork")
    assert caught.value.message == (
        "Exercice introuvable : « bork » ; vouliez-vous dire « borg » ?"
    )
    assert caught.value.hint == "Existent : borg."


def test_a_lesson_that_is_not_ready_says_so(root: Path) -> None:
    with pytest.raises(ContentError, match="« Restic » est en préparation"):
        Catalogue.load(root).lesson("1-sauvegarde", "02-restic")
    with pytest.raises(ContentError, match="Leçon introuvable : « 03 »"):
        Catalogue.load(root).lesson("1-sauvegarde", "03")


def test_a_draft_is_read_and_asks_for_no_proof(root: Path) -> None:
    assert Catalogue.load(root).proved_ids() == ("borg",)
    swap(root, MODULE, "title: Borg}", "title: Borg, ready: false}")
    catalogue = Catalogue.load(root)
    assert catalogue.lesson("1-sauvegarde", "01-borg").meta.exercise == "borg"
    assert catalogue.exercise_ids() == ("borg",)
    assert catalogue.proved_ids() == ()


def problem_of(root: Path, *, image: bool = False) -> str:
    catalogue = Catalogue.load(root)
    with pytest.raises(ContentProblems) as caught:
        _ = catalogue.image("base") if image else catalogue.exercise("borg")
    [problem] = caught.value.problems
    return str(problem).removeprefix(f"{root}/")


def test_an_absent_script_is_named_with_its_line(root: Path) -> None:
    line = swap(root, EXERCISE, "checks/sain.py", "checks/sein.py")
    assert problem_of(root) == (
        f"{EXERCISE}:{line}: steps.1.checks.1.run: « checks/sein.py » n'existe pas dans borg/"
    )


def test_a_script_outside_through_a_link_is_refused(root: Path) -> None:
    script = root / "exercises/borg/setup/prepare.sh"
    script.unlink()
    outside = write(root / "ailleurs.sh", "#!/bin/sh\n")
    script.symlink_to(outside)
    assert problem_of(root).endswith("setup.0.script: « setup/prepare.sh » mène hors de borg/")
    script.unlink()
    script.symlink_to("prepare.sh")
    assert problem_of(root).endswith("« setup/prepare.sh » n'existe pas dans borg/")


def test_a_script_inside_through_a_link_is_accepted(root: Path) -> None:
    script = root / "exercises/borg/setup/prepare.sh"
    script.unlink()
    script.symlink_to("../solution/10-depot.sh")
    assert Catalogue.load(root).exercise("borg").setup[0].script == "setup/prepare.sh"


def test_a_folder_is_no_script_and_a_file_no_overlay(root: Path) -> None:
    line = swap(root, EXERCISE, "setup/prepare.sh", "setup")
    assert problem_of(root) == f"{EXERCISE}:{line}: setup.0.script: « setup » n'est pas un fichier"
    recipe = "vm-images/images/base.yaml"
    line = swap(root, recipe, "overlay: base", "overlay: base.sh")
    assert problem_of(root, image=True) == (
        f"{recipe}:{line}: overlay: « base.sh » n'est pas un dossier"
    )


def test_the_variable_names_another_course(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCAPRA_CONTENT", str(root))
    assert content_root() == root.resolve()
    assert Catalogue.load().root == root.resolve()
    monkeypatch.setenv("PCAPRA_CONTENT", str(root / "modules"))
    with pytest.raises(ContentError, match="PCAPRA_CONTENT désigne"):
        content_root()


def test_without_the_variable_the_checkout_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PCAPRA_CONTENT", raising=False)
    assert (content_root() / "vm-images").is_dir()
    assert os.access(content_root(), os.R_OK)
