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


SEEN = """\
    drill:
      title: Un matin derrière la VIP
      availability:
        vm: web
        probes:
          - {id: page, title: Page d'accueil, type: http, url: "http://192.168.1.100/{{client}}"}
          - {id: port, title: Port SQL, type: tcp, address: 192.168.1.100, port: 5432}
          - {id: ligne, title: Écriture SQL, type: command, run: [psql, -c, "insert"]}
        states:
          - {id: vip, title: VIP, type: vip, address: 192.168.1.100, among: [srv]}
          - {id: chef, title: Leader, type: answers, urls: {srv: "http://192.168.1.10:8008/primary"}}
          - {id: repli, title: Réplication, type: output, vm: srv, run: [drbdadm, cstate, r0]}
      fault:
        script: {vm: srv, script: setup/rancon.sh}
      expected:
        rto: [2s, 5s]
        outage: [1s, 4s]
        reason: Trois annonces d'une seconde manquées, puis l'ARP gratuit.
"""


def test_availability_is_declared(root: Path) -> None:
    assert problems(root, SEEN) == []
    drill = Catalogue.load(root).exercise("borg").steps[0].drill
    assert drill is not None and drill.availability is not None and drill.writer is None
    assert drill.hold_seconds == 5.0 and drill.availability.vms == ("web", "srv")
    assert [one.slow_seconds for one in drill.availability.probes] == [0.05, 0.05, 0.5]
    assert drill.expected.in_seconds()["outage"] == (1.0, 4.0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("        vm: web\n", "        vm: wed\n", "n'a pas de machine « wed »"),
        ("        vm: web\n", "        vm: srv\n", "la panne touche « srv », qui sonde"),
        ("among: [srv]", "among: [srv, web]", "ne peut pas porter l'adresse qu'elle suit"),
        ("among: [srv]", "among: [lb]", "n'a pas de machine « lb »"),
        ("urls: {srv:", "urls: {pg1:", "n'a pas de machine « pg1 »"),
        ("output, vm: srv", "output, vm: srw", "n'a pas de machine « srw »"),
        ("192.168.1.100/{{client}}", "web.example/", "une adresse IPv4 est attendue"),
        ("http://192.168.1.100/{{client}}", "https://192.168.1.100/", "« http://… » est attendue"),
        ("{{client}}", "{{clients}}", "paramètre inconnu"),
        ("port: 5432", "port: 5432, every: 500ms", "une durée entre 20ms et 100ms"),
        ("port: 5432", "prot: 5432", "vouliez-vous dire « port »"),
        ("type: tcp", "type: udp", "« udp » refusé"),
        ('"insert"]', '"insert"], every: 2s, timeout: 1s', "la mesure serait trop large"),
        ("id: port", "id: vip", "« vip » est nommé deux fois"),
        ("title: Port SQL", "title: Port SQL.", "un titre ne finit pas par"),
        ("gratuit.", "gratuit", "une phrase finit par un point"),
        ("        reason: Trois annonces d'une seconde manquées, puis l'ARP gratuit.\n", "",
         "dites dans « reason » pourquoi"),
        ("outage: [1s, 4s]", "outage: [4s, 1s]", "la plus petite durée d'abord"),
        ("        outage: [1s, 4s]\n", "        rpo: [0s, 4s]\n", "aucune perte n'est mesurée"),
        ("      fault:", "      hold: 3s\n      fault:", "c'est son « hold » qui compte"),
        ("      fault:", "      probe: {vm: web, run: [curl]}\n      fault:", "retirez « probe »"),
        ("        vm: web\n", "        vm: web\n        hold: 100ms\n", "entre 1s et 5m"),
    ],
)  # fmt: skip
def test_what_is_refused_of_it(root: Path, old: str, new: str, expected: str) -> None:
    assert old in SEEN
    found = problems(root, SEEN.replace(old, new, 1))
    assert any(expected in problem for problem in found), found


def test_a_drill_measures_something(root: Path) -> None:
    writer = '      writer: {vm: srv, path: "/srv/{{client}}/registre", every: 500ms}\n'
    assert writer in GOOD
    found = problems(root, GOOD.replace(writer, ""))
    assert any("un drill mesure une perte" in problem for problem in found), found


def test_an_outage_wants_somebody_who_sees_it(root: Path) -> None:
    found = problems(root, GOOD.replace("rpo: [0s, 1h]", "rpo: [0s, 1h], outage: [0s, 1m]"))
    assert any("aucune coupure n'est mesurée" in problem for problem in found), found
