"""``pcapra-lab image``, as a person types it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_images import Workshop, make_workshop, plant_course

from pcapra_lab.cli.main import cli
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.images.store import Store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def workshop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = make_workshop(tmp_path, monkeypatch)
    made.archive.add("borgbackup")
    plant_course(tmp_path / "cours")
    return made


def run(workshop: Workshop, *arguments: str, status: int = 0) -> Result:
    argv = ["--content", str(workshop.folder / "cours"), "image", *arguments]
    result = CliRunner().invoke(cli, argv, prog_name="pcapra-lab")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def rows(output: str) -> dict[tuple[str, str], str]:
    """Lines of the table, by kind and id."""
    found = re.findall(r"^  (\w+) +(\w+) +[0-9a-f]{12} .*$", output, re.MULTILINE)
    lines = [line for line in output.splitlines() if re.match(r"  \w+ +\w+ +[0-9a-f]{12} ", line)]
    return dict(zip(found, lines, strict=True))


def test_build_makes_what_is_used_and_all_makes_the_rest(workshop: Workshop) -> None:
    used = rows(run(workshop, "build").stdout)
    images = {name for kind, name in used if kind == "image"}
    assert images == {"base", "web", "php"}
    every = rows(run(workshop, "build", "--all").stdout)
    more = {(kind, name) for kind in ("systeme", "image") for name in ("seul", "brouillon")}
    assert set(every) - set(used) == more


def test_the_list_says_size_time_date_and_who_needs_it(workshop: Workshop, home: Path) -> None:
    run(workshop, "build")
    artifacts = Store(home / "cache/images").all()
    [image] = [a for a in artifacts if (a.manifest.kind, a.manifest.id) == ("image", "php")]
    [depot] = [a for a in artifacts if a.manifest.kind == "depot"]
    ground = Ground(str(depot.file("depot.raw")), {"php": str(image.folder)}, "", {})
    ground.save(home / "data/labs/site")
    path = workshop.folder / "cours/vm-images/images/seul.yaml"
    path.write_text(path.read_text().replace("parent: base\n", "parent: php\n"))
    (workshop.folder / "cours/vm-images/depot.yaml").write_text(
        "schema_version: 1\ngroups: [{id: autre, packages: [borgbackup]}]\n"
    )
    listed = rows(run(workshop, "list").stdout)
    line = listed["image", "php"]
    assert re.search(r" [\d.]+ Mio  construit en +[\d.]+ s  \d\d/\d\d/\d{4} \d\d:\d\d  ", line)
    assert line.endswith("laboratoires : site")
    assert listed["depot", "depot"].endswith("laboratoires : site"), "an old one, still used"
    assert listed["image", "web"].endswith("pour le cours, aucun laboratoire")


def test_what_nothing_needs_is_said_and_pruned_with_its_packages(
    workshop: Workshop, home: Path
) -> None:
    workshop.archive.add("restic")
    recipe = workshop.folder / "cours/vm-images/depot.yaml"
    recipe.write_text(recipe.read_text().replace("[borgbackup]", "[borgbackup, restic]"))
    run(workshop, "build")
    recipe.write_text(recipe.read_text().replace(", restic", ""))
    run(workshop, "build")
    unused = [line for line in run(workshop, "list").stdout.splitlines() if "inutilisé" in line]
    assert len(unused) == 1 and "depot" in unused[0]
    debs = home / "cache/images/debs"
    assert len(list(debs.glob("*.deb"))) == 2
    assert run(workshop, "prune").stdout.startswith("1 élément(s) supprimé(s)")
    assert [path.name for path in debs.glob("*.deb")] == ["borgbackup_1.0_all.deb"]


def test_several_failures_are_said_together(workshop: Workshop) -> None:
    for name in ("web", "seul"):
        path = workshop.folder / f"cours/vm-images/images/{name}.yaml"
        path.write_text(path.read_text().replace(f"[{name}]", "[introuvable]"))
    failed = run(workshop, "build", "--all", status=1)
    for said in ("image web : ", "image seul : ", "image php : non tenté", "introuvable"):
        assert said in failed.stderr
    assert failed.stderr.count("dépôts Debian") == 1
