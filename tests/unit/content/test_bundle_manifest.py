"""The manifest of the trainer's bundle: what is refused, where, and in which words."""

from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, plant, swap, write

from pcapra_lab.content.bundle import NO_BUNDLE
from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.content.lint import lint

BUNDLE = "vm-images/bundle.yaml"
MANIFEST = """\
schema_version: 1
products:
  - id: borg-pro
    title: Borg Pro
    page: https://borg.invalid/download
    licence: {name: MIT, url: "https://borg.invalid/licence"}
    unlocks: [1-sauvegarde/01-borg]
    files:
      - {name: borg-pro_1.0_all.deb, kind: deb, url: "https://borg.invalid/borg.deb"}
      - {name: image.oci, kind: oci, how: Demandez-la.}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    planted = plant(tmp_path)
    write(planted / BUNDLE, MANIFEST)
    return planted


def problems_of(root: Path) -> list[str]:
    return [str(p).removeprefix(f"{root}/") for p in lint(Catalogue.load(root))]


def test_a_faultless_manifest_has_no_problem(root: Path) -> None:
    assert problems_of(root) == []
    bundle = Catalogue.load(root).bundle()
    assert bundle.product("borg-pro").files[0].sha256 is None
    with pytest.raises(KeyError):
        bundle.product("autre")


def test_a_course_may_have_no_bundle(root: Path) -> None:
    (root / BUNDLE).unlink()
    assert Catalogue.load(root).bundle() is NO_BUNDLE
    assert problems_of(root) == []


def test_the_real_manifest_invents_no_digest_and_unlocks_lessons() -> None:
    bundle = Catalogue.load(content_root()).bundle()
    assert {p.id for p in bundle.products} >= {"bareos", "proxmox-backup-server"}
    lessons = {lesson for product in bundle.products for lesson in product.unlocks}
    assert lessons >= {"1-sauvegarde/04-bareos", "1-sauvegarde/05-proxmox-backup-server"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "how: Demandez-la.",
            "how: Demandez-la., hwo: x",
            "files.1.hwo: clé inconnue ; vouliez-vous dire « how » ?",
        ),
        ("kind: oci", "kind: iso", "products.0.files.1.kind: « iso » refusé"),
        (
            "name: image.oci",
            "name: ../image.oci",
            "products.0.files.1.name: « ../image.oci » : nom de fichier attendu",
        ),
        ("name: image.oci", "name: image.part", "name: nom réservé au programme"),
        (
            "how: Demandez-la.",
            "how: Demandez-la., url: 'https://x.invalid/y'",
            "products.0.files.1.how: « url » dit déjà d'où il vient",
        ),
        (
            "how: Demandez-la.",
            "how: Demandez-la., sha256: ABCD",
            "products.0.files.1.sha256: « ABCD » : empreinte SHA-256 attendue",
        ),
        ("https://borg.invalid/download", "ftp://borg.invalid", "adresse attendue, en https://"),
        (", how: Demandez-la.", "", "products.0.files.1: « url », ou « how »"),
        (
            "name: image.oci",
            "name: borg-pro_1.0_all.deb",
            "products.0.files.1.name: fichier « borg-pro_1.0_all.deb » en double",
        ),
        (
            "[1-sauvegarde/01-borg]",
            "[1-sauvegarde/01-brog]",
            "products.0.unlocks.0: aucune leçon « 1-sauvegarde/01-brog » ; vouliez-vous dire "
            "« 1-sauvegarde/01-borg » ?",
        ),
        (
            "[1-sauvegarde/01-borg]",
            "[1-sauvegarde/01-borg, 1-sauvegarde/01-borg]",
            "products.0.unlocks.1: leçon « 1-sauvegarde/01-borg » en double",
        ),
        ("unlocks: [1-sauvegarde/01-borg]", "unlocks: []", "products.0.unlocks: au moins 1"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(root: Path, old: str, new: str, expected: str) -> None:
    line = swap(root, BUNDLE, old, new)
    [problem] = problems_of(root)
    assert problem.startswith(f"{BUNDLE}:{line}: ")
    assert expected in problem


def test_a_product_stands_once(root: Path) -> None:
    text = MANIFEST + MANIFEST.partition("products:\n")[2].replace("1.0", "2").replace("oci", "o")
    write(root / BUNDLE, text.replace("kind: o,", "kind: oci,"))
    assert any("produit « borg-pro » en double" in one for one in problems_of(root))


def use(root: Path, bundle: str, level: str = "reel") -> None:
    swap(root, EXERCISE, "level: reel\n", f"level: {level}\n{bundle}")
    swap(root, LESSON, "level: reel\n", f"level: {level}\n")


def test_an_exercise_may_use_a_product(root: Path) -> None:
    use(root, "bundle: [borg-pro]\n", "reel-bundle")
    assert problems_of(root) == []


@pytest.mark.parametrize(
    ("bundle", "level", "expected"),
    [
        ("bundle: [borg-por]\n", "reel", "bundle.0: aucun produit « borg-por » dans bundle.yaml"),
        ("bundle: [borg-pro, borg-pro]\n", "reel", "bundle.1: produit « borg-pro » en double"),
        ("", "reel-bundle", "level: le niveau reel-bundle demande « bundle »"),
    ],
)
def test_what_an_exercise_uses_must_be_declared(
    root: Path, bundle: str, level: str, expected: str
) -> None:
    use(root, bundle, level)
    [problem] = problems_of(root)
    assert problem.startswith(EXERCISE) and expected in problem


def test_a_product_must_say_that_it_unlocks_the_lesson(root: Path) -> None:
    use(root, "bundle: [borg-pro]\n")
    swap(root, BUNDLE, "[1-sauvegarde/01-borg]", "[1-sauvegarde/02-restic]")
    [problem] = problems_of(root)
    assert "ne dit pas que « borg-pro » ouvre « 1-sauvegarde/01-borg »" in problem


def test_without_a_manifest_no_product_is_known(root: Path) -> None:
    use(root, "bundle: [borg-pro]\n")
    (root / BUNDLE).unlink()
    [problem] = problems_of(root)
    assert "aucun produit « borg-pro »" in problem
