"""``pcapra-lab bundle``, as a trainer types it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bundle_bench import Site, sha256, upstream
from bundle_course import DATA, FILE, plant_bundle
from click.testing import CliRunner, Result

from pcapra_lab.cli.main import cli
from pcapra_lab.lab.bundle import download

LESSON = "1-essai/01-essai"
OTHER = b"fait par le formateur\n" * 100


@pytest.fixture
def site() -> Iterator[Site]:
    with upstream() as made:
        made.files[FILE] = DATA
        made.files["libre"] = OTHER
        yield made


@pytest.fixture
def course(tmp_path: Path, site: Site) -> Path:
    """Three files: in the course, to fix, to bring."""
    root = tmp_path / "cours"
    for folder in ("modules/1-essai", "exercises/essai", "vm-images/images"):
        (root / folder).mkdir(parents=True)
    (root / "exercises/essai/exercise.yaml").write_text("level: reel\n")
    (root / f"modules/{LESSON}.md").write_text("level: reel\n")
    plant_bundle(root, "essai", LESSON, url=site.url(FILE))
    with (root / "vm-images/bundle.yaml").open("a") as manifest:
        manifest.write(f'      - {{name: libre, kind: oci, url: "{site.url("libre")}"}}\n')
        manifest.write("      - name: apporte\n        kind: source\n        how: |\n")
        manifest.write("          Faites-le vous-même :\n            make apporte\n")
    return root


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at(tmp_path / "formateur", monkeypatch)


def at(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another computer."""
    monkeypatch.setenv("PCAPRA_HOME", str(home))
    return home


def run(course: Path, *arguments: str, status: int = 0, answer: str = "") -> Result:
    argv = ["--content", str(course), "bundle", *arguments]
    result = CliRunner().invoke(cli, argv, prog_name="pcapra-lab", input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def states(course: Path) -> dict[str, str]:
    return {row["name"]: row["state"] for row in json.loads(run(course, "list", "--json").stdout)}


def bring_all(course: Path, tmp_path: Path) -> None:
    source = tmp_path / "a-moi"
    source.write_bytes(OTHER)
    run(course, "pin", "libre", "--sha256", sha256(OTHER))
    run(course, "pin", "apporte", str(source), "--sha256", sha256(OTHER), "--accept-licence")
    run(course, "fetch")


def test_the_list_says_what_is_missing_and_what_to_do(course: Path, home: Path) -> None:
    shown = run(course, "list").stdout
    assert "Le Produit [produit]" in shown
    assert "licence MIT (https://produit.invalid/licence)" in shown
    assert f"ouvre   {LESSON}" in shown
    assert "→ pcapra-lab bundle fetch produit" in shown
    assert "→ pcapra-lab bundle pin libre\n" in shown
    assert "→ pcapra-lab bundle pin apporte CHEMIN" in shown
    assert "      make apporte\n" in shown, "commands keep their lines"
    assert states(course) == {FILE: "missing", "libre": "unpinned", "apporte": "unpinned"}


def test_the_licence_is_asked_once_and_no_is_no(course: Path, home: Path, site: Site) -> None:
    refused = run(course, "fetch", status=1, answer="n\n")
    assert "sous la licence MIT" in refused.stderr
    assert site.asked == []
    asked = run(course, "fetch", status=1, answer="o\n")
    assert states(course)[FILE] == "present"
    assert "libre : son empreinte n'est pas fixée" in asked.stderr
    assert "apporte : son empreinte n'est pas fixée" in asked.stderr, "each is told"
    assert "licence MIT :" not in run(course, "fetch", status=1).stderr


def test_a_script_must_accept_the_licence(course: Path, home: Path) -> None:
    alone = run(course, "fetch", status=1)
    assert "personne n'est là pour répondre" in alone.stderr
    assert "--accept-licence" in alone.stderr
    run(course, "fetch", "--accept-licence", status=1)
    assert states(course)[FILE] == "present"


def test_everything_there_is_a_success(course: Path, home: Path, tmp_path: Path) -> None:
    bring_all(course, tmp_path)
    assert set(states(course).values()) == {"present"}
    assert f"SHA-256 {sha256(OTHER)} (fixée par vous)" in run(course, "fetch").stdout


def test_whatever_fails_fetch_ends_as_its_help_says(
    course: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_all(course, tmp_path)
    (home / "cache/bundle/libre").unlink()
    monkeypatch.setattr(download, "free_disk_mib", lambda _folder: 0)
    assert "place insuffisante" in run(course, "fetch", status=1).stderr


def test_pinning_shows_the_digest_and_the_page_and_asks(
    course: Path, home: Path, site: Site
) -> None:
    no = run(course, "pin", "libre", status=1, answer="o\nn\n")
    assert f"SHA-256 {sha256(OTHER)}" in no.stderr
    assert "Comparez avec https://produit.invalid/telecharger" in no.stderr
    assert states(course)["libre"] == "unpinned"
    run(course, "pin", "libre", answer="o\n")
    assert states(course)["libre"] == "present"
    site.files["libre"] = b"version 2"
    replaced = run(course, "pin", "libre", answer="o\n")
    assert f"remplace {sha256(OTHER)}" in replaced.stderr
    assert states(course)["libre"] == "present"


def test_a_file_made_by_the_trainer_is_asked_about_in_other_words(
    course: Path, home: Path, tmp_path: Path
) -> None:
    source = tmp_path / "a-moi"
    source.write_bytes(OTHER)
    asked = run(course, "pin", "apporte", str(source), answer="o\no\n")
    assert "c'est vous qui l'avez fait" in asked.stderr
    assert states(course)["apporte"] == "present"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["pin", "libre", "--sha256", "abc"], 2, "64 chiffres hexadécimaux"),
        (["pin", "lbire"], 1, "vouliez-vous dire « libre »"),
        (["pin", FILE, "--sha256", "0" * 64], 1, "est dans le cours"),
        (["fetch", "prodiut"], 1, "vouliez-vous dire « produit »"),
        (["pin", "apporte", "--accept-licence"], 1, "donnez le fichier"),
        (["export", "quelque-part"], 1, "rien à exporter"),
    ],
)
def test_mistakes_are_told(
    course: Path, home: Path, arguments: list[str], status: int, said: str
) -> None:
    assert said in run(course, *arguments, status=status).stderr


def test_verify_sets_a_rotten_file_aside_and_fails(
    course: Path, home: Path, tmp_path: Path
) -> None:
    bring_all(course, tmp_path)
    run(course, "verify")
    (home / "cache/bundle" / FILE).write_bytes(b"pourri")
    rotten = run(course, "verify", status=1)
    assert f"attendu : {sha256(DATA)}" in rotten.stderr
    assert f"mis de côté : {home}/cache/bundle/{FILE}.refuse" in rotten.stderr
    assert states(course)[FILE] == "missing"


@pytest.mark.parametrize("target", ["cle", "lot.tar"])
def test_a_room_without_internet_gets_it_by_a_stick(
    course: Path,
    home: Path,
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
) -> None:
    bring_all(course, tmp_path)
    stick = str(tmp_path / target)
    assert "3 fichiers exportés" in run(course, "export", stick).stdout
    site.files.clear()
    at(tmp_path / "salle", monkeypatch)
    alone = run(course, "import", stick, "--accept-licence", status=1)
    assert "--accept-pins" in alone.stderr
    assert states(course)[FILE] == "missing", "nothing before the answer"
    asked = run(course, "import", stick, answer="o\n")
    assert f"libre\n    SHA-256 {sha256(OTHER)}" in asked.stderr
    assert "3 fichiers apportés, 0 déjà là" in asked.stdout
    assert set(states(course).values()) == {"present"}
    assert "0 fichier apporté, 3 déjà là" in run(course, "import", stick).stdout


def test_a_course_without_a_bundle_says_so(course: Path, home: Path) -> None:
    (course / "vm-images/bundle.yaml").unlink()
    assert "ne déclare aucun produit" in run(course, "list").stdout
