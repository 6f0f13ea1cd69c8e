"""Deliberately broken content, each kind once: what the linter must catch without a machine.

What only machines can tell is in ``session/test_broken_exercises.py``.
"""

from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, plant, swap

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint

CLAIM = "[fermez le dépôt]{check=droits}"
SOLUTION = "    solution:\n      - {vm: srv, script: solution/10-depot.sh}\n"
HINTS = "    hints:\n      - La commande commence par `borg init`.\n"

BROKEN = [
    # kind, file, what is replaced, by what, what the linter says
    ("check: of an unknown type", EXERCISE, "type: file_identical", "type: file_same", "refusé"),
    ("check: a key misspelt", EXERCISE, "stdout_matches:", "stdout_match:", "clé inconnue"),
    ("check: on a machine that is not there", EXERCISE, "vm: srv\n        title: Le fichier",
     "vm: srw\n        title: Le fichier", "n'a pas de machine"),
    ("check: its script is absent", EXERCISE, "checks/sain.py", "checks/sein.py", "n'existe pas"),
    ("check: its pattern cannot be compiled", EXERCISE, '"^Repository"', '"["', "expression"),
    ("check: its parameter is unknown", EXERCISE, "parameter: canary", "parameter: c", "inconnu"),
    ("check: awaits an unknown one", EXERCISE, "[present]\n    hints", "[p]\n    hints", "aucun"),
    ("check: awaits itself", EXERCISE, "[present]\n    hints", "[droits]\n    hints", "en rond"),
    ("check: with the id of another", EXERCISE, "id: sain", "id: canari", "en double"),
    ("check: without a hint", EXERCISE, "        hint: Lancez `borg check`.\n", "", "absente"),
    ("check: killed by no mutant", EXERCISE, "killed_by: [sain]", "killed_by: [canari]",
     "aucun mutant ne fait échouer ce contrôle"),
    ("check: permissions read as octal", EXERCISE, '"0700"', "0700", "guillemets"),
    ("statement: silent about a check", LESSON, CLAIM, "fermez le dépôt", "ne demande le contrôle"),
    ("statement: asks for no check", LESSON, CLAIM, f"{CLAIM} [ici]{{check=clos}}", "pas de contr"),
    ("statement: asks in another step", LESSON, CLAIM, f"{CLAIM} [là]{{check=sain}}", "de l'étape"),
    ("statement: asks outside steps", LESSON, "Bravo.", "[Bravo]{check=sain}.", "hors de la"),
    ("statement: a mark that would be shown", LESSON, "Bravo.", "**Bravo**{check=sain}.",
     "sans sa phrase"),
    ("statement: another attribute", LESSON, "Bravo.", "[Bravo]{.rouge}.", "attribut de phrase"),
    ("statement: no section for a step", LESSON, " {#restauration}", "", "aucune section"),
    ("statement: a section for no step", LESSON, "plus loin", "plus loin {#fin}", "pas d'étape"),
    ("statement: a parameter that is not drawn", LESSON, "chez {{client}}", "chez {{clien}}",
     "paramètre inconnu"),
    ("statement: a block for no machine", LESSON, "```bash {vm=srv}\nborg extract",
     "```bash {vm=db}\nborg extract", "n'a pas de machine"),
    ("statement: a block that goes nowhere", LESSON, "```text {show}", "```text", "sans attribut"),
    ("statement: a word taken for HTML", LESSON, "Bravo.", "Bravo <nom>.", "HTML"),
    ("statement: of another exercise", LESSON, "exercise: borg", "exercise: bork", "aucun exerc"),
    ("mutant: kills no known check", EXERCISE, "killed_by: [sain]", "killed_by: [sein]", "aucun"),
    ("mutant: kills nothing", EXERCISE, "killed_by: [sain]", "killed_by: []", "au moins 1"),
    ("mutant: its script is absent", EXERCISE, "mutants/vide.sh", "mutants/vode.sh",
     "n'existe pas"),
    ("mutant: out of its folder", EXERCISE, "mutants/vide.sh", "../vide.sh", "rester dans"),
    ("mutant: with the id of another", EXERCISE, "id: casse,", "id: vide,", "en double"),
    ("mutant: on a machine that is not there", EXERCISE, "cassé, vm: srv", "cassé, vm: db",
     "n'a pas de machine"),
    ("mutants: fewer than two", EXERCISE,
     "      - {id: casse, title: Dépôt cassé, vm: srv, script: mutants/casse.sh, "
     "killed_by: [sain]}\n", "", "au moins 2 mutants"),
    ("solution: none", EXERCISE, SOLUTION, "", "absente"),
    ("solution: empty", EXERCISE, SOLUTION, "    solution: []\n", "au moins 1"),
    ("solution: its script is absent", EXERCISE, "10-depot.sh", "11-depot.sh", "n'existe pas"),
    ("solution: by an unknown account", EXERCISE, "script: solution/10-depot.sh",
     "script: solution/10-depot.sh, user: admin", "refusé"),
    ("solution: no hint before it", EXERCISE, HINTS, "    hints: []\n", "au moins 1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_the_linter_catches_it(tmp_path: Path, name: str, old: str, new: str, words: str) -> None:
    root = plant(tmp_path)
    swap(root, name, old, new)
    assert [p for p in lint(Catalogue.load(root)) if words in p.message and p.path == root / name]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{id: a, title: Une autre, solution: []}", "au moins 1"),
        ("{id: a, title: Une autre., solution: [{vm: srv, script: s.sh}]}", "ponctuation"),
        ("{id: a, title: Une autre, solution: [{vm: srv, script: absent.sh}]}", "n'existe pas"),
        ("{id: a, title: Une autre, solution: [{vm: db, script: s.sh}]}", "n'a pas de machine"),
        ("{id: a, title: Une autre, solution: [{vm: srv, script: s.sh}]}", ""),
    ],
)
def test_another_solution_is_held_to_the_same(tmp_path: Path, entry: str, words: str) -> None:
    root = plant(tmp_path)
    (root / "exercises/borg/s.sh").write_text("#!/bin/sh\n")
    swap(root, EXERCISE, SOLUTION, f"    alternatives:\n      - {entry}\n{SOLUTION}")
    problems = lint(Catalogue.load(root))
    assert any(words in p.message for p in problems) if words else not problems


def test_a_script_that_the_guest_could_not_start_is_caught(tmp_path: Path) -> None:
    root = plant(tmp_path)
    for kind in ("checks/sain.py", "mutants/vide.sh", "solution/10-depot.sh", "setup/prepare.sh"):
        (root / "exercises/borg" / kind).write_text("true\n")
    assert sum("ne commence pas par" in p.message for p in lint(Catalogue.load(root))) == 4
