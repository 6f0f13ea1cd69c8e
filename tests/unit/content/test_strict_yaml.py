import re
from pathlib import Path

import pytest
import yaml
from content_tree import EXERCISE, FILES, write

from pcapra_lab.content import yaml_marks
from pcapra_lab.content.models import Exercise, Topology
from pcapra_lab.content.source import MAX_BYTES
from pcapra_lab.content.strict_yaml import ContentProblems, load, load_model

# Both of PyYAML's parsers must tell the same story: libyaml is not everywhere.
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]

EXERCISE_HEAD = """\
schema_version: 1
id: borg
title: Borg
lesson: a/b
level: reel
topology: duo
duration: 30m
"""
STEP = """\
steps:
  - id: depot
    title: Dépôt
    checks:
      - {type: package, id: paquet, vm: srv, title: Paquet, hint: Installez., name: borg}
    hints: [Lisez.]
    solution: [{vm: srv, script: s.sh}]
"""


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_marks, "_Loader", request.param)


def problems_of(tmp_path: Path, text: str) -> list[str]:
    """Problems of an exercise, without the file's name in front."""
    path = write(tmp_path / "exercise.yaml", text)
    with pytest.raises(ContentProblems) as caught:
        load_model(path, Exercise)
    lines = caught.value.message.splitlines()
    assert lines == [str(problem) for problem in caught.value.problems]
    assert all(line.startswith(f"{path}:") for line in lines)
    return [line.removeprefix(f"{path}:").strip() for line in lines]


@pytest.mark.usefixtures("_parser")
def test_a_good_file_becomes_a_model_that_remembers_its_lines(tmp_path: Path) -> None:
    loaded = load(write(tmp_path / "exercise.yaml", FILES[EXERCISE]), Exercise)

    assert [step.id for step in loaded.model.steps] == ["depot", "restauration"]
    problem = loaded.problem(("steps", 0, "checks", 1, "mode_max"), "trop ouvert")
    line = FILES[EXERCISE].splitlines().index('        mode_max: "0700"') + 1
    assert str(problem) == (
        f"{tmp_path}/exercise.yaml:{line}: steps.0.checks.1.mode_max: trop ouvert"
    )


@pytest.mark.usefixtures("_parser")
def test_every_problem_is_listed_with_its_line(tmp_path: Path) -> None:
    text = EXERCISE_HEAD.replace("title: Borg", "titel: Borg").replace("reel", "rel")
    text += "parameters: {client: random-nam}\n" + STEP.replace("hints: [Lisez.]", "hints: []")

    assert problems_of(tmp_path, text) == [
        "1: title: clé obligatoire absente",
        "3: titel: clé inconnue ; vouliez-vous dire « title » ?",
        "5: level: « rel » refusé ; vouliez-vous dire « reel » ?",
        "8: parameters.client: « random-nam » refusé ; vouliez-vous dire « random-name » ?",
        "14: steps.0.hints: au moins 1 élément attendu",
    ]


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("type: package, ", "", "12: steps.0.checks.0.type: clé obligatoire absente"),
        (
            "type: package",
            "type: packages",
            "12: steps.0.checks.0.type: « packages » refusé ; vouliez-vous dire « package » ?",
        ),
        (
            "name: borg}",
            "name: borg, nmae: x}",
            "12: steps.0.checks.0.nmae: clé inconnue ; vouliez-vous dire « name » ?",
        ),
        (
            "vm: srv, title",
            "vm: Srv-1, title",
            "12: steps.0.checks.0.vm: « Srv-1 » : nom de machine attendu : une minuscule, puis "
            "minuscules et chiffres, 15 au plus",
        ),
        (
            "script: s.sh",
            "script: ../s.sh",
            "14: steps.0.solution.0.script: le chemin doit rester dans le dossier de "
            "l'exercice (ni « / », ni « .. »)",
        ),
        (
            "hints: [Lisez.]",
            "hints: [Lisez.]\n    hints: [Encore.]",
            "14: steps.0.hints: clé en double, déjà donnée à la ligne 13",
        ),
        (
            "hints: [Lisez.]",
            "hints: [12:30]",
            "13: steps.0.hints.0: « 12:30 » : YAML y lit un nombre en base 60 ; "
            "mettez-le entre guillemets",
        ),
        (
            "hints: [Lisez.]",
            "hints: [0644]",
            "13: steps.0.hints.0: « 0644 » : YAML peut y lire un nombre en octal ; "
            "mettez-le entre guillemets",
        ),
        (
            "hints: [Lisez.]",
            "hints: [2026-11-05]",
            "13: steps.0.hints.0: « 2026-11-05 » : YAML y lit une date ; "
            "mettez-le entre guillemets",
        ),
        (
            "hints: [Lisez.]",
            "hints: [on]",
            "13: steps.0.hints.0: « on » est ambigu : écrivez true ou false, "
            "ou mettez des guillemets",
        ),
        (
            "hints: [Lisez.]",
            "hints: [12]",
            "13: steps.0.hints.0: un texte est attendu ; mettez la valeur entre guillemets",
        ),
        (
            "hints: [Lisez.]",
            "hints: [Lisez.]\n    off: x",
            "14: steps.0: la clé « off » n'est pas lue comme un texte : mettez des guillemets",
        ),
        (
            "hints: [Lisez.]",
            "hints: [Lisez.]\n    [a, b]: x",
            "14: steps.0: une clé est un simple texte",
        ),
        (
            "hints: [Lisez.]",
            "hints: &h [Lisez.]",
            "13: steps.0.hints: ni ancre (« & ») ni alias (« * »)",
        ),
        ("hints: [Lisez.]", "hints: *h", "13: steps.0.hints: ni ancre (« & ») ni alias (« * »)"),
        (
            "hints: [Lisez.]",
            "hints: !!set {a}",
            "13: steps.0.hints: étiquette YAML refusée : « tag:yaml.org,2002:set »",
        ),
        (
            "hints: [Lisez.]",
            'hints: ["\\e[31m"]',
            "13: steps.0.hints.0: caractère de contrôle interdit (U+001B)",
        ),
        ("  - id: depot", "  - x\n  - id: depot", "9: steps.0: des lignes « clé: valeur »"),
        ("Dépôt", "Dépôt\n    points: 1.5", "11: steps.0.points: un nombre entier est attendu"),
        ("Dépôt", "Dépôt\n    points: 101", "11: steps.0.points: au plus 100"),
        ("Dépôt", "Dépôt\n    points: 0", "11: steps.0.points: au moins 1"),
        ("steps:", "--- \nsteps:", "8: un seul document par fichier (« --- » en trop)"),
        ("steps:", "steps: [", "9: ce n'est pas du YAML valide"),
        (
            "schema_version: 1",
            "schema_version: 2",
            "1: schema_version: ce contenu",
        ),
    ],
)
def test_each_fault_has_its_message(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = EXERCISE_HEAD + STEP
    assert text.count(old) == 1

    [problem] = problems_of(tmp_path, text.replace(old, new))

    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ":1: le document est vide"),
        (b"# rien\n", ":1: le document est vide"),
        (b"a: 1\n\xff\n", ":2: texte qui n'est pas en UTF-8"),
        (b"a: 1\r\nb: 2\r\n", ":1: fin de ligne Windows (CRLF)"),
        (b"a: 1\nb: \x1b[31m\n", ":2: caractère de contrôle interdit (U+001B)"),
        ("a: \u202e\n".encode(), ":1: caractère de contrôle interdit (U+202E)"),
        (b"#" * (MAX_BYTES + 1), ": fichier trop gros (plus de 1024 Kio)"),
        (b"[" * 1000, ":1: plus de 32 niveaux imbriqués"),
        (b"- a\n", ":1: des lignes « clé: valeur » sont attendues"),
    ],
)
def test_a_file_that_is_no_yaml_mapping_is_refused(
    tmp_path: Path, data: bytes, expected: str
) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(data)

    with pytest.raises(ContentProblems, match=re.escape(f"{path}{expected}")):
        load_model(path, Topology)


def test_a_missing_file_and_a_folder_are_content_errors(tmp_path: Path) -> None:
    with pytest.raises(ContentProblems, match="fichier absent"):
        load_model(tmp_path / "rien.yaml", Topology)
    with pytest.raises(ContentProblems, match="un fichier ordinaire est attendu"):
        load_model(tmp_path, Topology)


def test_an_alias_bomb_is_refused_at_once(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )

    problems = problems_of(tmp_path, bomb)

    assert any(problem.startswith("1: a: ni ancre") for problem in problems)
    assert any(problem.startswith("2: b.0: ni ancre") for problem in problems)
