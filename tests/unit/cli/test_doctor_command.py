"""The doctor command: what is shown, what is asked before anything is mended."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pcapra_lab.cli import doctor as command
from pcapra_lab.cli.main import cli
from pcapra_lab.errors import LabError
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import Finding, Severity, installer
from pcapra_lab.lab.leftovers import Kind, Leftover


@dataclass
class Ward:
    """Findings given to the command, in turn, and what was done to them."""

    rounds: list[list[Finding]]
    mended: list[str] = field(default_factory=list)
    looked: int = 0

    def examine(self, _installation: Installation) -> Iterator[Finding]:
        self.looked += 1
        yield from self.rounds[min(self.looked, len(self.rounds)) - 1]

    def leftover(self, what: str, failure: LabError | None = None) -> Leftover:
        def mend() -> None:
            if failure is not None:
                raise failure
            self.mended.append(what)

        return Leftover(Kind.FILE, what, mend, 2**20)


IN_ORDER = Finding(Severity.OK, "restes", "aucun")


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ward:
    made = Ward([])
    two = (made.leftover("a.new"), made.leftover("b.new"))
    dirty = Finding(Severity.WARNING, "restes", "2 restes", "doctor --fix", leftovers=two)
    made.rounds = [[dirty], [IN_ORDER]]
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(command, "examine", made.examine)
    return made


def run(*arguments: str, answer: str = "") -> Result:
    result = CliRunner().invoke(cli, ["doctor", *arguments], input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_findings_are_shown_with_what_they_block(ward: Ward) -> None:
    short = Finding(Severity.BLOCKING, "disque", "plein", "videz-le", "toutes les leçons")
    ward.rounds = [[short, *ward.rounds[0]]]
    result = run()
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        " ✘ disque             plein",
        "   bloque : toutes les leçons",
        "   → videz-le",
        " ⚠ restes             2 restes",
        "     fichier : a.new",
        "     fichier : b.new",
        "   → doctor --fix",
    ]
    assert ward.mended == []


def test_findings_for_programs(ward: Ward) -> None:
    result = run("--json")
    assert result.exit_code == 0
    [found] = json.loads(result.stdout)
    assert found == {
        "severity": "warning",
        "subject": "restes",
        "seen": "2 restes",
        "remedy": "doctor --fix",
        "blocks": "",
        "packages": [],
        "leftovers": [
            {"kind": "fichier", "what": "a.new", "bytes": 2**20},
            {"kind": "fichier", "what": "b.new", "bytes": 2**20},
        ],
    }


@pytest.mark.parametrize(("options", "answer"), [(["--yes"], ""), ([], "o\n")])
def test_leftovers_are_listed_then_mended_and_looked_at_again(
    ward: Ward, options: list[str], answer: str
) -> None:
    result = run("--fix", *options, answer=answer)
    assert result.exit_code == 0
    assert ward.mended == ["a.new", "b.new"] and ward.looked == 2
    assert result.stderr.index("fichier : b.new") < result.stderr.index("Nouvel examen")
    assert ("Les supprimer ?" in result.stderr) is bool(answer)
    assert " ✔ restes             aucun" in result.stdout


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_without_a_yes_nothing_is_removed(ward: Ward, answer: str) -> None:
    result = run("--fix", answer=answer)
    assert result.exit_code == 1
    assert ward.mended == [] and ward.looked == 1


def test_a_leftover_that_resists_does_not_keep_the_others(ward: Ward) -> None:
    stubborn = ward.leftover("a.new", LabError("impossible", hint="redémarrez"))
    left = Finding(
        Severity.WARNING, "restes", "2 restes", "-", leftovers=(stubborn, ward.leftover("b.new"))
    )
    ward.rounds = [[left]]
    result = run("--fix", "--yes")
    assert ward.mended == ["b.new"]
    assert "✘ impossible" in result.stderr and "→ redémarrez" in result.stderr


def test_nothing_to_mend_is_said(ward: Ward) -> None:
    ward.rounds = [[IN_ORDER]]
    result = run("--fix")
    assert result.exit_code == 0 and ward.looked == 1
    assert "Rien à installer ni à supprimer." in result.stdout


LACKING = Finding(Severity.BLOCKING, "programmes", "-", "-", "-", ("mmdebstrap",))


def test_missing_packages_are_installed_before_leftovers_are_removed(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(command, "run_attached", lambda argv, **_: done.append(" ".join(argv)))
    ward.rounds = [[LACKING, *ward.rounds[0]], [IN_ORDER]]
    result = run("--fix", "--yes")
    assert result.exit_code == 0
    assert done == [" ".join(installer())]
    assert "Paquets manquants : mmdebstrap" in result.stderr and done[0] in result.stderr
    assert ward.mended == ["a.new", "b.new"]
