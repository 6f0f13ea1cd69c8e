"""A course's images built together: roles upon parents, failures apart, nothing left behind."""

import tarfile
import threading
from pathlib import Path

import pytest
from fake_images import Workshop, make_workshop, plant_course, recipe

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.errors import Cancelled, ContentError, EnvironmentProblem
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.images import catalog as catalog_module
from pcapra_lab.lab.images import room
from pcapra_lab.lab.images.course import course_images
from pcapra_lab.lab.images.schedule import BuildsFailed
from pcapra_lab.lab.images.usage import users
from pcapra_lab.lab.paths import Paths
from pcapra_lab.session.playground import Playground

BASE = recipe("base", ["openssh-server"])
WEB = recipe("web", ["nginx"], parent="base")
PHP = recipe("php", ["php-fpm"], parent="web")
BROKEN = recipe("casse", ["introuvable"], parent="base")
SLOW = recipe("lent", ["interminable"], parent="base")
GROUPS = {"sauvegarde": ["borgbackup"]}


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = make_workshop(tmp_path, monkeypatch)
    made.archive.add("borgbackup")
    return made


def built(workshop: Workshop) -> list[str]:
    return sorted(f"{a.manifest.kind} {a.manifest.id}" for a in workshop.store.all())


def test_a_role_stands_on_its_parents_system_and_is_an_image_like_another(
    workshop: Workshop,
) -> None:
    catalog = workshop.catalog(PHP, WEB, BASE, groups=GROUPS)
    workshop.build(catalog)
    assert catalog.ready()
    assert catalog.image("php").kernel.read_text() == "noyau\n", "the kernel came from the base"
    systems = {a.manifest.id: a for a in workshop.store.all() if a.manifest.kind == "systeme"}
    layers = {i: a.file("dpkg-status").read_text().count("Package:") for i, a in systems.items()}
    assert layers == {"base": 1, "web": 2, "php": 3}
    for system in systems.values():
        assert system.file("sources.list").read_text().strip() == workshop.archive.source
    assert workshop.leftovers() == []


def test_an_overlay_enters_the_system_as_roots_and_is_not_kept_beside_it(
    workshop: Workshop,
) -> None:
    tree = workshop.folder / "recettes" / "base"
    (tree / "etc/sudoers.d").mkdir(parents=True)
    (tree / "etc/sudoers.d/stagiaire").write_text("stagiaire ALL=(ALL:ALL) NOPASSWD: ALL\n")
    (tree / "etc/sudoers.d/stagiaire").chmod(0o600)
    base = BASE.model_copy(update={"overlay": "base"})
    workshop.build(workshop.catalog(base, groups=GROUPS))
    [system] = [a for a in workshop.store.all() if a.manifest.kind == "systeme"]
    with tarfile.open(system.file("root.tar")) as tar:
        assert tar.getmember("./etc/sudoers.d/stagiaire").mode == 0o644
    assert {path.name for path in system.folder.iterdir()} == {
        "root.tar",
        "dpkg-status",
        "sources.list",
        "manifest.json",
    }


def test_a_second_build_does_nothing_and_another_process_finds_all(workshop: Workshop) -> None:
    workshop.build(workshop.catalog(BASE, WEB, groups=GROUPS))
    before = {a.folder: a.manifest for a in workshop.store.all()}
    workshop.events.clear()
    workshop.build(workshop.catalog(BASE, WEB, groups=GROUPS))
    assert workshop.events == []
    assert {a.folder: a.manifest for a in workshop.store.all()} == before


def test_a_changed_role_is_built_again_alone(workshop: Workshop) -> None:
    workshop.build(workshop.catalog(BASE, WEB, PHP, groups=GROUPS))
    before = {a.folder for a in workshop.store.all()}
    more = recipe("web", ["nginx", "curl"], parent="base")
    workshop.build(workshop.catalog(BASE, more, groups=GROUPS))
    new = {a.folder.name.rpartition("-")[0] for a in workshop.store.all() if a.folder not in before}
    assert new == {"systeme-web", "image-web"}


def test_a_failure_keeps_the_others_and_says_what_was_not_tried(workshop: Workshop) -> None:
    upon = recipe("dessus", ["curl"], parent="casse")
    catalog = workshop.catalog(BASE, WEB, BROKEN, upon, groups=GROUPS)
    with pytest.raises(BuildsFailed) as caught:
        workshop.build(catalog)
    assert "Unable to locate package introuvable" in caught.value.message
    assert "image dessus : non tenté" in caught.value.message
    assert list(caught.value.failures) == ["image casse"]
    assert "dépôts Debian" in caught.value.hint
    assert built(workshop) == [
        "cle depot",
        "depot depot",
        "image base",
        "image web",
        "systeme base",
        "systeme web",
    ]
    assert not catalog.ready()
    assert {f.name for f in catalog.in_use()} == {a.folder.name for a in workshop.store.all()}
    assert workshop.leftovers() == []


@pytest.mark.parametrize(("full", "variable"), [("tmp", "TMPDIR"), ("images", "PCAPRA_HOME")])
def test_a_full_disk_is_named_with_the_way_round_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, full: str, variable: str
) -> None:
    folder = workshop.folder / full
    monkeypatch.setattr(room, "free_disk_mib", lambda place: 0 if place == folder else 5000)
    huge = recipe("vaste", ["enorme"])
    with pytest.raises(BuildsFailed) as caught:
        workshop.build(workshop.catalog(BASE, huge, groups=GROUPS))
    assert str(folder) in caught.value.hint and variable in caught.value.hint
    assert "dépôts Debian" not in caught.value.hint


def test_a_cancel_ends_the_build_and_keeps_what_is_finished(workshop: Workshop) -> None:
    cancel = threading.Event()

    def stop_when_customizing(event: LabEvent) -> None:
        if event.vm == "lent" and "customize-hook" in event.detail:
            cancel.set()

    with pytest.raises(Cancelled):
        workshop.catalog(BASE, SLOW, groups=GROUPS).build(stop_when_customizing, cancel)
    assert "systeme base" in built(workshop)
    assert "systeme lent" not in built(workshop)
    assert workshop.leftovers() == []


def test_what_a_killed_builder_left_in_the_temporary_folder_is_swept(workshop: Workshop) -> None:
    pid_max = int(Path("/proc/sys/kernel/pid_max").read_text())
    dead = workshop.folder / "tmp" / f"pcapra-build-{pid_max + 1}-abc"
    (dead / "mmdebstrap.x" / "usr").mkdir(parents=True)
    workshop.build(workshop.catalog(BASE, groups=GROUPS))
    assert workshop.leftovers() == []


def test_each_image_has_one_line_of_progress_that_only_advances(workshop: Workshop) -> None:
    workshop.build(workshop.catalog(BASE, WEB, groups=GROUPS))
    lines = {(event.phase, event.vm) for event in workshop.events}
    assert lines == {(Phase.IMAGE, "base"), (Phase.IMAGE, "web"), (Phase.DEPOT, None)}
    for phase, vm in lines:
        of_one = [e for e in workshop.events if (e.phase, e.vm) == (phase, vm)]
        fractions = [e.fraction for e in of_one if e.fraction is not None]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0
        assert [e.elapsed for e in of_one] == sorted(e.elapsed for e in of_one)
        assert of_one[0].elapsed < 1, "waiting for its turn is not counted"


def test_room_is_asked_for_each_role_that_is_missing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = catalog_module.BUILD_ROOM_MIB + catalog_module.ROLE_ROOM_MIB
    monkeypatch.setattr(catalog_module, "free_disk_mib", lambda _folder: room)
    with pytest.raises(EnvironmentProblem, match=f"{room} Mio libres"):
        workshop.build(workshop.catalog(BASE, WEB, PHP, groups=GROUPS))
    workshop.build(workshop.catalog(BASE, WEB, groups=GROUPS))
    workshop.build(workshop.catalog(BASE, WEB, PHP, groups=GROUPS))
    assert "image php" in built(workshop)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return plant_course(tmp_path / "cours")


def test_a_course_asks_for_what_its_machines_use_and_its_parents_or_for_all(course: Path) -> None:
    def asked(**which: bool) -> tuple[set[str], list[str]]:
        recipes = course_images(Catalogue(course), course / "images", **which).recipes
        return set(recipes.images), [group.id for group in recipes.depot.groups]

    machines, groups = {"base", "web", "php"}, ["sauvegarde", "grappe"]
    assert asked() == (machines, ["sauvegarde"]), "nothing of what only drafts use"
    assert asked(drafts=True) == (machines | {"brouillon"}, groups)
    assert asked(every=True) == (machines | {"brouillon", "seul"}, groups)


def test_a_draft_that_is_played_brings_what_it_uses(course: Path, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    installation = Installation(paths, Catalogue(course))
    Playground(installation, "fait", "fait", "graine").close()
    assert "brouillon" not in installation.images.recipes.images
    Playground(installation, "draft", "draft", "graine").close()
    assert "brouillon" in installation.images.recipes.images


def test_a_course_with_a_parent_that_does_not_exist_is_refused(course: Path) -> None:
    recipes = course / "vm-images/images"
    (recipes / "web.yaml").write_text((recipes / "web.yaml").read_text().replace("base", "bse"))
    with pytest.raises(ContentError, match="« bse »"):
        course_images(Catalogue(course), course / "images")


def test_each_artifact_names_the_labs_made_on_it(workshop: Workshop) -> None:
    catalog = workshop.catalog(BASE, WEB, groups=GROUPS)
    workshop.build(catalog)
    depot, base, web = catalog.depot(), catalog.image("base").disk, catalog.image("web").disk
    labs = workshop.folder / "labs"
    Ground(str(depot), {"base": str(base.parent)}, "", {}).save(labs / "borgbackup")
    both = {"base": str(base.parent), "web": str(web.parent)}
    # Through a link, as where a cache is shared.
    shared = workshop.folder / "partage"
    shared.symlink_to(depot.parent)
    Ground(str(shared / depot.name), both, "", {}).save(labs / "rejeu-site")
    (labs / "vide").mkdir()
    assert users(labs) == {
        depot.parent: ["borgbackup", "rejeu-site"],
        base.parent: ["borgbackup", "rejeu-site"],
        web.parent: ["rejeu-site"],
    }
    assert users(workshop.folder / "nulle-part") == {}
