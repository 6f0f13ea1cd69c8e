"""A proof holds until what it stands on changes."""

import json
import shutil
from pathlib import Path

import pytest
from session_course import plant_course

import pcapra_lab
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.session.digests import PROOF, step_digests
from pcapra_lab.session.journal import Row
from pcapra_lab.session.proof import stale_proof, write_proof
from pcapra_lab.session.replay import ReplayResult

ROWS = [
    Row("avant", "rouge avant", True, 1.25),
    Row("avant", "vert après", True, 2.0),
    Row("avant", "mutant faux", True, 3.0),
]


@pytest.fixture
def course(tmp_path: Path) -> Catalogue:
    catalogue = Catalogue.load(plant_course(tmp_path))
    write_proof(catalogue, ReplayResult("panne", "graine", ROWS, 60.0, 90.0), {"hypervisor": "7.2"})
    return catalogue


def why(course: Catalogue) -> str:
    """What a later process finds."""
    return stale_proof(Catalogue.load(course.root), "panne")


def test_a_fresh_proof_holds_and_says_how_it_was_made(course: Catalogue) -> None:
    assert why(course) == ""
    data = json.loads((course.exercise_folder("panne") / PROOF).read_text())
    assert (data["mutants"], data["killed"], data["seed"]) == (1, 1, "graine")
    assert data["world"] == {"hypervisor": "7.2"}
    assert data["rows"][0] == {"step": "avant", "stage": "rouge avant", "ok": True, "seconds": 1.2}


def test_proving_again_gives_the_same_content_digest(course: Catalogue) -> None:
    path = course.exercise_folder("panne") / PROOF
    first = json.loads(path.read_text())["content"]
    write_proof(course, ReplayResult("panne", "autre", ROWS, 1.0, 2.0), {"hypervisor": "8.0"})
    assert json.loads(path.read_text())["content"] == first


@pytest.mark.parametrize(
    "name",
    [
        "exercises/panne/exercise.yaml",
        "exercises/panne/solution/10-srv.sh",
        "exercises/panne/mutants/faux.sh",
        "modules/1-reprise/01-panne.md",
        "vm-images/topologies/duo.yaml",
        "vm-images/images/base.yaml",
    ],
)
def test_any_change_of_what_was_proved_makes_it_stale(course: Catalogue, name: str) -> None:
    path = course.root / name
    text = path.read_text()
    path.write_text(text + "# autre\n")
    assert "a changé depuis la preuve" in why(course)
    path.write_text(text)
    assert why(course) == ""


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("exercises/panne/solution/10-srv.sh", {"avant", "incident", "apres"}),
        ("exercises/panne/mutants/fige.sh", {"incident", "apres"}),
        ("exercises/panne/solution/30-srv.sh", {"apres"}),
        ("exercises/panne/setup/base.sh", {"avant", "incident", "apres"}),
        ("vm-images/topologies/duo.yaml", {"avant", "incident", "apres"}),
        ("modules/1-reprise/01-panne.md", set()),
    ],
)
def test_a_step_stands_on_what_comes_before_it(
    course: Catalogue, name: str, changed: set[str]
) -> None:
    before = step_digests(course, "panne")
    path = course.root / name
    path.write_text(path.read_text() + "# autre\n")
    after = step_digests(Catalogue.load(course.root), "panne")
    assert {step for step in before if before[step] != after[step]} == changed
    assert len(set(before.values())) == len(before)


@pytest.mark.parametrize(
    ("name", "old", "new", "stale"),
    [
        ("vm-images/depot.yaml", "[nginx]", "[nginx, curl]", True),
        ("vm-images/depot.yaml", "[mariadb-server]", "[postgresql]", False),
        ("vm-images/images/autre.yaml", "[nginx]", "[haproxy]", False),
        ("vm-images/topologies/duo.yaml", "128}", "128, image: autre}", True),
    ],
)
def test_only_the_recipes_it_uses_make_it_stale(
    course: Catalogue, name: str, old: str, new: str, stale: bool
) -> None:
    path = course.root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert bool(why(course)) is stale


def test_a_parent_s_recipe_counts(tmp_path: Path) -> None:
    root = plant_course(tmp_path)
    duo = root / "vm-images/topologies/duo.yaml"
    duo.write_text(duo.read_text().replace("128}", "128, image: autre}", 1))
    catalogue = Catalogue.load(root)
    write_proof(catalogue, ReplayResult("panne", "graine", ROWS, 60.0, 90.0), {})
    assert why(catalogue) == ""
    for recipe in ("autre", "base"):
        path = root / f"vm-images/images/{recipe}.yaml"
        text = path.read_text()
        path.write_text(text + "# autre\n")
        assert why(catalogue)
        path.write_text(text)


def test_a_new_file_in_the_exercise_makes_it_stale(course: Catalogue) -> None:
    (course.root / "exercises/panne/mutants/nouveau.sh").write_text("true\n")
    assert why(course)


def test_another_lesson_does_not_matter(course: Catalogue) -> None:
    (course.root / "modules/1-reprise/02-suite.md").write_text("# Plus tard\n")
    assert why(course) == ""


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The code that proofs stand on, copied where it may be edited."""
    package = tmp_path / "autre/pcapra_lab"
    shutil.copytree(Path(pcapra_lab.__file__).parent, package)
    monkeypatch.setattr("pcapra_lab.__file__", str(package / "__init__.py"))
    return package


@pytest.mark.parametrize(
    "name",
    [
        "grading/runner.py",
        "grading/judge.py",
        "grading/guest/core.py",
        "grading/guest/process.py",
        "grading/units/package.py",
        "grading/guest/package.py",
        "content/checks/package.py",
        "content/checks/base.py",
        "drills/objective.py",
    ],
)
def test_a_change_of_the_code_that_grades_makes_it_stale(
    course: Catalogue, code: Path, name: str
) -> None:
    assert why(course) == ""
    with (code / name).open("a") as source:
        source.write("# autre\n")
    assert "code de notation" in why(course)


def test_a_proof_stands_on_the_shared_modules_its_scripts_import(course: Catalogue) -> None:
    shared = course.root / "exercises/shared"
    shared.mkdir()
    (shared / "lab_a.py").write_text("from lab_b import x\n")
    (shared / "lab_b.py").write_text("x = 1\n")
    (shared / "lab_other.py").write_text("")
    script = course.exercise_folder("panne") / "solution/bilan.py"
    script.write_text("#!/usr/bin/env python3\nimport lab_a\n")
    write_proof(course, ReplayResult("panne", "graine", ROWS, 60.0, 90.0), {})
    assert why(course) == ""
    (shared / "lab_other.py").write_text("y = 2\n")
    assert why(course) == ""
    (shared / "lab_b.py").write_text("x = 2\n")
    assert why(course) != ""


def test_a_new_check_type_leaves_the_other_proofs_valid(course: Catalogue, code: Path) -> None:
    for folder in ("grading/units", "grading/guest", "content/checks"):
        (code / folder / "nouveau.py").write_text("x = 1\n")
    with (code / "content/checks/__init__.py").open("a") as union:
        union.write("from pcapra_lab.content.checks.nouveau import x\n")
    assert why(course) == ""


def test_a_type_it_does_not_use_may_change(course: Catalogue, code: Path) -> None:
    for name in ("grading/units/file_identical.py", "content/checks/script.py"):
        with (code / name).open("a") as source:
            source.write("# autre\n")
    assert why(course) == ""


def test_drills_matter_only_where_recovery_is_timed(course: Catalogue, code: Path) -> None:
    path = course.root / "exercises/panne/exercise.yaml"
    path.write_text(path.read_text().replace("    objective: {rto: 10m}\n", ""))
    catalogue = Catalogue.load(course.root)
    write_proof(catalogue, ReplayResult("panne", "graine", ROWS, 60.0, 90.0), {})
    with (code / "drills/objective.py").open("a") as source:
        source.write("# autre\n")
    assert why(catalogue) == ""


def test_an_objective_stands_on_its_module_and_a_drill_on_all_of_them(
    course: Catalogue, code: Path
) -> None:
    with (code / "drills/recorder.py").open("a") as source:
        source.write("# autre\n")
    assert why(course) == "", "an objective needs no writer"
    path = course.root / "exercises/panne/exercise.yaml"
    drill = (
        "    drill:\n      title: Un matin\n      writer: {vm: srv, path: /srv/registre}\n"
        "      fault: {inject: {kind: freeze, vm: srv}}\n"
    )
    path.write_text(path.read_text().replace("    objective: {rto: 10m}\n", drill))
    catalogue = Catalogue.load(course.root)
    write_proof(catalogue, ReplayResult("panne", "graine", ROWS, 60.0, 90.0), {})
    assert why(catalogue) == ""
    with (code / "drills/guest/numbered.py").open("a") as source:
        source.write("# autre\n")
    assert "code de notation" in why(catalogue)


def test_no_proof_is_no_proof(course: Catalogue) -> None:
    (course.exercise_folder("panne") / PROOF).unlink()
    assert why(course) == "aucune preuve"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 99}, "autre version"),
        ({"killed": 0}, "pas entière"),
        ({"rows": [{"step": "a", "stage": "b", "ok": False, "seconds": 1}]}, "pas entière"),
    ],
)
def test_a_proof_that_proves_less_is_refused(
    course: Catalogue, change: dict[str, object], told: str
) -> None:
    path = course.exercise_folder("panne") / PROOF
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert told in why(course)
