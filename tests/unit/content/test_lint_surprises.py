"""A drill in surprise mode: what may be said of its pool."""

from pathlib import Path

import pytest
from content_tree import plant, swap

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint

EXERCISE = "exercises/borg/exercise.yaml"
GOOD = """\
    drill:
      title: Une garde
      availability:
        vm: web
        probes: [{id: port, title: Le port, type: tcp, address: 192.168.1.10, port: 80}]
      surprise:
        fault_count: [1, 1]
        decoy_count: [1, 1]
        answers: 3
        causes:
          - {id: chiffre, title: Les données sont chiffrées}
          - {id: courant, title: Le courant est coupé}
          - {id: disque, title: Le disque est en panne}
        faults:
          - {id: rancon, title: Une rançon, cause: chiffre, vms: [srv],
             script: setup/rancon.sh, undo: setup/rancon.sh, repaired: {run: [borg, info]}}
          - {id: coupure, title: Une coupure, cause: courant, vms: [srv],
             inject: {kind: power-cut, vm: srv}, repaired: {run: ["true"]}}
        decoys:
          - {id: bruit, title: Du bruit, cause: disque, vms: [srv],
             script: setup/rancon.sh, undo: setup/rancon.sh, innocent: Rien ne le lit.}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = plant(tmp_path)
    (root / "exercises/borg/setup/rancon.sh").write_text("#!/bin/sh\n")
    return root


def problems(root: Path, drill: str) -> list[str]:
    title = "    title: Créer le dépôt\n"
    swap(root, EXERCISE, title, title + drill)
    return [str(p).removeprefix(f"{root}/{EXERCISE}:").strip() for p in lint(Catalogue.load(root))]


def test_a_good_one(root: Path) -> None:
    assert problems(root, GOOD) == []
    drill = Catalogue.load(root).exercise("borg").steps[0].drill
    assert drill is not None and drill.surprise is not None and drill.fault is None
    assert [fault.outside for fault in drill.surprise.faults] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      surprise:", "      fault: {inject: {kind: freeze, vm: srv}}\n      surprise:",
         "un drill a une panne (« fault ») ou un tirage (« surprise »)"),
        ("      availability:\n        vm: web\n        probes: [{id: port, title: Le port, "
         "type: tcp, address: 192.168.1.10, port: 80}]\n", "", "« availability »"),
        (", undo: setup/rancon.sh, repaired", ", repaired", "une panne ne survit pas à son drill"),
        (", undo: setup/rancon.sh, innocent", ", innocent", "un « undo » qui le retire"),
        ("undo: setup/rancon.sh, repaired: {run: [borg, info]}", "undo: setup/rancon.sh",
         "repaired"),
        ("inject: {kind: power-cut, vm: srv}", "inject: {kind: power-cut, vm: web}",
         "doit être dans « vms »"),
        ("cause: disque", "cause: disques", "vouliez-vous dire « disque »"),
        ("id: coupure", "id: rancon", "« rancon » en double"),
        ("vms: [srv],\n             inject", "vms: [srv, srv],\n             inject", "en double"),
        ("fault_count: [1, 1]", "fault_count: [1, 2]", "jamais deux sur une machine"),
        ("fault_count: [1, 1]", "fault_count: [0, 1]", "au moins une panne"),
        ("decoy_count: [1, 1]", "decoy_count: [2, 1]", "le plus petit nombre d'abord"),
        ("decoy_count: [1, 1]", "decoy_count: [1, 2]", "2 leurres pour 1"),
        ("answers: 3", "answers: 4", "4 réponses pour 3 causes"),
        ("        answers: 3\n", "        answers: 3\n        watch: 40s\n", "trop courte"),
        ("        answers: 3\n", "        answers: 3\n        watch: 2h\n", "entre 30s et 30m"),
        ("innocent: Rien ne le lit.", "innocent: Rien ne le lit", "finit par un point"),
        ("title: Du bruit,", "title: Du bruit.,", "ponctuation"),
        ("vm: web\n", "vm: srv\n", "qui sonde"),
        ("vms: [srv],\n             inject: {kind: power-cut, vm: srv}",
         "vms: [srw],\n             inject: {kind: power-cut, vm: srw}", "n'a pas de machine"),
        ("script: setup/rancon.sh, undo: setup/rancon.sh, repaired",
         "script: setup/absent.sh, undo: setup/rancon.sh, repaired", "n'existe pas"),
        ("      surprise:", "      writer: {vm: srv, path: /srv/registre}\n      surprise:",
         "nommez un « witness »"),
    ],
)  # fmt: skip
def test_what_is_refused(root: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = problems(root, GOOD.replace(old, new, 1))
    assert any(expected in problem for problem in found), found
