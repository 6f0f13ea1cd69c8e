"""What a lab stands on: decided once, kept from pruning, let go with the lab."""

import json
from pathlib import Path

import pytest

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.images.store import Artifact
from pcapra_lab.lab.paths import Paths


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    # Nothing here belongs to another account: no sub-uid range is needed to delete it.
    monkeypatch.setattr("pcapra_lab.lab.images.store.namespace_argv", list)
    return Installation(
        Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state"), Catalogue.load()
    )


def build(installation: Installation, kind: str, identifier: str, digest: str) -> Artifact:
    with installation.images.store.building(kind, identifier, digest * 64) as made:
        (made.folder / f"{kind}.raw").write_text("octets")
        return made.commit()


def ground_on(image: Artifact, depot: Artifact, bundle: str = "") -> Ground:
    topology = Catalogue.load().topology("sauvegarde").model_dump(mode="json")
    images = {"base": str(image.folder)}
    return Ground(str(depot.folder / "depot.raw"), images, "préparation", topology, bundle)


def test_a_ground_round_trips_and_names_its_files(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    folder = installation.paths.labs / "borgbackup"
    assert Ground.load(folder) is None
    ground = ground_on(image, depot)
    ground.save(folder)
    assert Ground.load(folder) == ground
    assert ground.image("base").disk == image.folder / "disk.raw"
    assert ground.image("base").digest == image.folder.name
    assert ground.folders() == {image.folder, depot.folder}


def test_a_deleted_lab_and_deleted_images_leave_no_ground(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    folder = installation.paths.labs / "borgbackup"
    ground_on(image, depot).save(folder)
    installation.images.store.prune({depot.folder})
    assert Ground.load(folder) is None, "its image is gone"
    Ground.forget(folder)
    Ground.forget(folder)
    assert Ground.load(folder) is None


def test_pruning_spares_what_a_lab_stands_on(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    unused = build(installation, "image", "base", "3")
    ground_on(image, depot).save(installation.paths.labs / "borgbackup")
    assert installation.prune() == [unused]
    assert image.folder.is_dir() and depot.folder.is_dir()


def test_a_lab_keeps_its_ground_and_a_fresh_one_asks_for_todays(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    folder = installation.paths.labs / "borgbackup"
    assert not installation.has_ground("borgbackup")
    with pytest.raises(EnvironmentProblem, match="pas encore construite"):
        installation.lab("borgbackup", "sauvegarde", "préparation")
    ground_on(image, depot).save(folder)
    assert installation.has_ground("borgbackup")
    lab = installation.lab("borgbackup", "sauvegarde", "une autre préparation")
    assert lab.world.image("base").disk.parent == image.folder
    assert {d.path.parent for d in lab.plan.vms[0].disks if d.shared} == {depot.folder}
    with pytest.raises(EnvironmentProblem, match="pas encore construite"):
        installation.lab("borgbackup", "sauvegarde", "préparation", fresh=True)


def test_a_ground_of_an_older_form_is_no_ground(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    folder = installation.paths.labs / "borgbackup"
    ground_on(image, depot).save(folder)
    data = json.loads((folder / "socle.json").read_text())
    del data["topology"]
    (folder / "socle.json").write_text(json.dumps(data))
    assert Ground.load(folder) is None


def test_a_ground_made_before_there_were_bundles_stays(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    folder = installation.paths.labs / "borgbackup"
    ground_on(image, depot).save(folder)
    data = json.loads((folder / "socle.json").read_text())
    del data["bundle"]
    (folder / "socle.json").write_text(json.dumps(data))
    assert Ground.load(folder) == ground_on(image, depot)


def test_a_labs_bundle_is_attached_and_spared(installation: Installation) -> None:
    image, depot = build(installation, "image", "base", "1"), build(installation, "depot", "d", "2")
    bundle = build(installation, "lot", "formateur", "3")
    folder = installation.paths.labs / "borgbackup"
    ground_on(image, depot, str(bundle.folder / "lot.raw")).save(folder)
    assert installation.prune() == []
    plan = installation.lab("borgbackup", "sauvegarde", "préparation").plan
    assert plan.has_bundle
    for vm in plan.vms:
        [disk] = [d for d in vm.disks if d.serial == "bundle"]
        assert (disk.path, disk.read_only) == (bundle.folder / "lot.raw", True)
    (bundle.folder / "manifest.json").unlink()
    bundle.folder.joinpath("lot.raw").unlink()
    bundle.folder.rmdir()
    assert Ground.load(folder) is None, "what its machines stand on is gone"
