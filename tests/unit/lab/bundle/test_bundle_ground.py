"""New machines get the disk of the products that are there, and keep it."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from bundle_course import DATA, MANIFEST, bring_product

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.images.catalog import BuiltImage
from pcapra_lab.lab.images.store import Store
from pcapra_lab.lab.paths import Paths

REAL = Path(__file__).parents[4] / "vm-images"
PRODUCTS = ["produit"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Its images are built, on paper."""
    for module in ("depot", "store"):
        monkeypatch.setattr(f"pcapra_lab.lab.images.{module}.namespace_argv", list)
    monkeypatch.setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
    root = tmp_path / "cours"
    for name in ("modules", "exercises", "vm-images"):
        (root / name).mkdir(parents=True)
    for name in ("images", "topologies", "depot.yaml"):
        (root / "vm-images" / name).symlink_to(REAL / name)
    digest = hashlib.sha256(DATA).hexdigest()
    manifest = MANIFEST % ("1-essai/01-essai", "https://produit.invalid/p", digest, len(DATA))
    (root / "vm-images/bundle.yaml").write_text(manifest)
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    paths.create()
    made = Installation(paths, Catalogue.load(root))
    folder = paths.images / "image"
    folder.mkdir()
    built = BuiltImage("base", "b" * 64, folder / "disk.raw", folder / "k", folder / "i")
    made.__dict__["images"] = SimpleNamespace(
        build=lambda _sink, _cancel: None,
        ready=lambda: True,
        image=lambda _name: built,
        depot=lambda: folder / "depot.raw",
        store=Store(paths.images),
    )
    return made


def test_a_lab_is_made_on_the_disk_and_keeps_it(installation: Installation) -> None:
    assert installation.has_ground("essai")
    files = bring_product(installation.bundle)
    assert not installation.has_ground("essai", PRODUCTS), "its disk is to be made"
    events: list[LabEvent] = []
    installation.build(PRODUCTS, events.append)
    assert {event.phase for event in events} == {Phase.BUNDLE}
    assert installation.has_ground("essai", PRODUCTS)

    lab = installation.lab("essai", "sauvegarde", "réglages", products=PRODUCTS)
    assert lab.plan.has_bundle
    lab.world.settle()
    ground = Ground.load(installation.paths.labs / "essai")
    assert ground is not None and ground.setup != "réglages", "another disk, another preparation"
    assert Path(ground.bundle).is_file()

    files.unlink()
    again = installation.lab("essai", "sauvegarde", "réglages")
    assert again.plan == lab.plan
    assert installation.has_ground("essai", PRODUCTS)


def test_a_lab_made_without_products_has_no_such_disk(installation: Installation) -> None:
    installation.build([], lambda _event: None)
    lab = installation.lab("essai", "sauvegarde", "réglages")
    assert not lab.plan.has_bundle
    lab.world.settle()
    ground = Ground.load(installation.paths.labs / "essai")
    assert ground is not None and (ground.setup, ground.bundle) == ("réglages", "")
