"""A drill in a step: what may be said of it."""

from pathlib import Path

import pytest
from content_tree import plant, swap

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint

EXERCISE = "exercises/borg/exercise.yaml"
GOOD = """\
    drill:
      title: Un matin sur srv
      writer: {vm: srv, path: "/srv/{{client}}/registre", every: 500ms}
      fault:
        script: {vm: srv, script: setup/rancon.sh}
        undo: {vm: srv, script: setup/rancon.sh}
        after: [20s, 1m]
      expected: {rto: [1m, 15m], rpo: [0s, 1h]}
"""
CUT = GOOD.replace("script: {vm: srv, script: setup/rancon.sh}\n        undo", "undo").replace(
    "undo: {vm: srv, script: setup/rancon.sh}", "inject: {kind: power-cut, vm: srv}"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = plant(tmp_path)
    script = root / "exercises/borg/setup/rancon.sh"
    script.write_text("#!/bin/sh\n")
    return root


def problems(root: Path, drill: str) -> list[str]:
    title = "    title: Créer le dépôt\n"
    swap(root, EXERCISE, title, title + drill)
    return [str(p).removeprefix(f"{root}/{EXERCISE}:").strip() for p in lint(Catalogue.load(root))]


def test_a_good_one(root: Path) -> None:
    assert problems(root, GOOD) == []
    drill = Catalogue.load(root).exercise("borg").steps[0].drill
    assert drill is not None and drill.expected.in_seconds() == {
        "rto": (60.0, 900.0),
        "rpo": (0.0, 3600.0),
    }


def test_a_power_cut_wants_a_witness_elsewhere(root: Path) -> None:
    (root / "exercises/borg/setup/rancon.sh").unlink()
    [problem] = problems(root, CUT)
    assert "nommez un « witness »" in problem


def test_with_a_witness_it_is_good(root: Path) -> None:
    (root / "exercises/borg/setup/rancon.sh").unlink()
    drill = CUT.replace("every: 500ms", "every: 500ms, witness: web")
    assert problems(root, drill) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("writer: {vm: srv,", "writer: {vm: srw,", "« duo » n'a pas de machine « srw »"),
        ("every: 500ms", "every: 5ms", "un rythme entre 50ms et 60s"),
        ("every: 500ms", "evry: 500ms", "vouliez-vous dire « every »"),
        ("every: 500ms", "every: 500ms, form: sql", "« sql » refusé"),
        ("every: 500ms", "every: 500ms, witness: srv", "le témoin doit être une autre machine"),
        ("{{client}}", "{{clients}}", "paramètre inconnu"),
        ("path: \"/srv", "path: \"srv", "un chemin absolu est attendu"),
        ("[20s, 1m]", "[1m, 20s]", "la plus petite durée d'abord"),
        ("[20s, 1m]", "[20s]", "au moins 2 élément"),
        ("rto: [1m, 15m]", "rto: [15m, 1m]", "la plus petite durée d'abord"),
        ("script: setup/rancon.sh}\n        undo", "script: setup/absent.sh}\n        undo",
         "« setup/absent.sh » n'existe pas"),
        ("        script: {vm: srv, script: setup/rancon.sh}\n", "",
         "une panne est un « script » ou un « inject »"),
        ("after:", "inject: {kind: freeze, vm: srv}\n        after:",
         "une panne est un « script » ou un « inject »"),
        ("after:", "inject: {kind: gel, vm: srv}\n        after:", "« gel » refusé"),
        ("Un matin sur srv", "Un matin sur srv.", "un titre ne finit pas par"),
        ("      expected", "      hold: 5s\n      expected", "retirez-le"),
        ("    drill:", "    objective: {rto: 5m}\n    drill:", "retirez « objective »"),
    ],
)  # fmt: skip
def test_what_is_refused(root: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = problems(root, GOOD.replace(old, new, 1))
    assert any(expected in problem for problem in found), found
