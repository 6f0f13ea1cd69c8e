"""What the doctor says of the trainer's bundle: which lessons it makes possible."""

from pathlib import Path

import pytest
from bundle_course import bring_product, plant_bundle
from fake_doctor import FakeDaemons, find, make_installation

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import Severity, examine

SUBJECT = "lot du formateur"
COURSE = {
    "modules/1-essai/module.yaml": (
        'schema_version: 1\nid: 1-essai\nnumber: "1"\ntitle: Essai\nsummary: Essai.\n'
        "lessons: [{id: 01-essai, title: Premier essai}]\n"
    ),
    "modules/1-essai/01-essai.md": (
        '---\nschema_version: 1\nid: 01-essai\nnumber: "1.1"\ntitle: Premier essai\n'
        "level: reel\nexercise: essai\nduration: 5m\n---\nBonjour.\n"
    ),
    "exercises/essai/exercise.yaml": (
        "schema_version: 1\nid: essai\ntitle: Essai\nlesson: 1-essai/01-essai\nlevel: reel\n"
        "topology: sauvegarde\nduration: 5m\nsteps:\n  - id: une\n    title: Une\n    checks:\n"
        "      - {id: la, type: file, vm: srv, title: Là, hint: Là., path: /la}\n"
        "    hints: [Là.]\n    solution: [{vm: srv, script: une.sh}]\n"
    ),
    "exercises/essai/une.sh": "#!/bin/sh\n",
}
REAL = Path(__file__).parents[3] / "vm-images"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return make_installation(tmp_path, FakeDaemons(), monkeypatch)


def on_the_product(installation: Installation, root: Path, level: str = "reel-bundle") -> None:
    for name, text in COURSE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "vm-images").mkdir()
    for part in ("images", "topologies", "depot.yaml"):
        (root / "vm-images" / part).symlink_to(REAL / part)
    plant_bundle(root, "essai", "1-essai/01-essai", level=level)
    installation.catalogue = Catalogue.load(root)


def test_the_real_course_tells_each_product_and_its_lesson(installation: Installation) -> None:
    found = find(installation, SUBJECT)
    assert "Bareos empreinte à fixer, ouvre « Bareos » (module 1)" in found.seen
    assert "Proxmox Backup Server" in found.seen


def test_a_missing_product_is_told_with_what_is_not_graded(
    installation: Installation, tmp_path: Path
) -> None:
    on_the_product(installation, tmp_path / "cours")
    found = find(installation, SUBJECT)
    assert found.severity is Severity.WARNING
    assert found.seen == "Le Produit absent, ouvre « Premier essai » (module 1)"
    assert found.blocks == "non noté : « Premier essai » (module 1)"
    assert "bundle list" in found.remedy


def test_a_product_that_no_lesson_is_graded_on_blocks_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    on_the_product(installation, tmp_path / "cours", level="equivalent")
    found = find(installation, SUBJECT)
    assert (found.severity, found.blocks) == (Severity.OK, "")
    assert found.remedy == "pcapra-lab bundle list"


def test_a_product_that_is_there_unlocks_its_lessons(
    installation: Installation, tmp_path: Path
) -> None:
    on_the_product(installation, tmp_path / "cours")
    bring_product(installation.bundle)
    found = find(installation, SUBJECT)
    assert (found.severity, found.remedy, found.blocks) == (Severity.OK, "", "")
    assert found.seen == "Le Produit présent, ouvre « Premier essai » (module 1)"


def test_an_altered_file_is_told(installation: Installation, tmp_path: Path) -> None:
    on_the_product(installation, tmp_path / "cours")
    bring_product(installation.bundle).write_bytes(b"autre")
    found = find(installation, SUBJECT)
    assert found.severity is Severity.WARNING and "à revérifier" in found.seen


def test_decisions_that_cannot_be_read_are_a_finding(
    installation: Installation, tmp_path: Path
) -> None:
    on_the_product(installation, tmp_path / "cours")
    path = installation.bundle.register.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{")
    found = find(installation, SUBJECT)
    assert found.severity is Severity.BLOCKING and str(path) in found.seen


def test_a_course_without_a_bundle_is_not_told_of_one(
    installation: Installation, tmp_path: Path
) -> None:
    on_the_product(installation, tmp_path / "cours")
    (tmp_path / "cours/vm-images/bundle.yaml").unlink()
    exercise = tmp_path / "cours/exercises/essai/exercise.yaml"
    exercise.write_text(exercise.read_text().replace("bundle: [produit]\n", ""))
    installation.catalogue = Catalogue.load(tmp_path / "cours")
    assert SUBJECT not in [finding.subject for finding in examine(installation)]
