"""Faults as data: what is accepted, how they are named, what is refused and in which words."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from pcapra_lab.errors import LabError
from pcapra_lab.lab.faults.model import FaultSpec, duration_words, parse_fault

_SPEC: TypeAdapter[FaultSpec] = TypeAdapter(FaultSpec)

LABELS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "power-cut", "vm": "lb1"}, "coupure de courant de lb1"),
    ({"kind": "freeze", "vm": "lb1"}, "gel de lb1"),
    ({"kind": "link-down", "vm": "lb1"}, "câble réseau de lb1 débranché"),
    ({"kind": "netem", "vm": "srv", "loss": 2.5}, "réseau de srv dégradé (perte 2,5 %)"),
    (
        {"kind": "netem", "vm": "srv", "loss": 10, "delay_ms": 100, "jitter_ms": 20},
        "réseau de srv dégradé (perte 10 %, délai 100 ms ± 20 ms)",
    ),
    (
        {"kind": "service-kill", "vm": "srv", "unit": "cron"},
        "arrêt brutal de cron.service sur srv (kill -9)",
    ),
    ({"kind": "disk-full", "vm": "srv"}, "disque plein sur srv (/)"),
    (
        {"kind": "file-corruption", "vm": "srv", "path": "/srv//base.db"},
        "corruption de /srv/base.db sur srv (64 octets)",
    ),
    (
        {"kind": "clock-jump", "vm": "srv", "seconds": -5400},
        "horloge de srv reculée de 1 h 30 min",
    ),
    ({"kind": "clock-jump", "vm": "srv", "seconds": 45}, "horloge de srv avancée de 45 s"),
    (
        {"kind": "partition", "a": ["lb1"], "b": ["lb2", "web1"]},
        "réseau coupé entre lb1 d'un côté, lb2 et web1 de l'autre",
    ),
]


@pytest.mark.parametrize(("data", "label"), LABELS, ids=[data["kind"] for data, _ in LABELS])
def test_each_kind_has_a_french_name_and_survives_json(data: dict[str, Any], label: str) -> None:
    spec = parse_fault(data)
    assert spec.label() == label
    assert _SPEC.validate_json(_SPEC.dump_json(spec)) == spec
    assert spec.vms


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "kind : clé obligatoire absente"),
        ({"kind": "panne"}, "« panne » refusé ; attendu : power-cut, freeze"),
        ({"kind": "freeze"}, "vm : clé obligatoire absente"),
        ({"kind": "freeze", "vm": "LB 1"}, "nom de machine attendu"),
        ({"kind": "freeze", "vm": "lb1", "for": "5m"}, "for : clé inconnue"),
        ({"kind": "netem", "vm": "srv"}, "une perte ou un délai est attendu"),
        ({"kind": "netem", "vm": "srv", "loss": 101}, "loss : au plus 100"),
        ({"kind": "netem", "vm": "srv", "loss": -1}, "loss : au moins 0"),
        ({"kind": "netem", "vm": "srv", "loss": float("nan")}, "loss : au plus 100"),
        ({"kind": "netem", "vm": "srv", "delay_ms": 1.5}, "delay_ms : un nombre entier"),
        ({"kind": "netem", "vm": "srv", "delay_ms": 5, "jitter_ms": 9}, "la gigue ne peut pas"),
        ({"kind": "netem", "vm": "srv", "loss": "dix"}, "loss : un nombre est attendu"),
        ({"kind": "service-kill", "vm": "srv", "unit": "--help"}, "nom d'unité systemd"),
        ({"kind": "service-kill", "vm": "srv", "unit": ""}, "nom d'unité systemd"),
        ({"kind": "service-kill", "vm": "srv", "unit": "a b"}, "nom d'unité systemd"),
        ({"kind": "service-kill", "vm": "srv", "unit": "ssh\n"}, "nom d'unité systemd"),
        ({"kind": "service-kill", "vm": "srv", "unit": "cron.timer"}, "seul un service"),
        ({"kind": "service-kill", "vm": "srv", "unit": "pcapra-sshd"}, "par lequel le laboratoire"),
        ({"kind": "disk-full", "vm": "srv", "path": "srv"}, "un chemin absolu"),
        ({"kind": "disk-full", "vm": "srv", "path": "/sys/fs"}, "tenu par le noyau"),
        ({"kind": "file-corruption", "vm": "srv", "path": "/srv/../etc"}, "un chemin absolu"),
        ({"kind": "file-corruption", "vm": "srv", "path": "/a\nb"}, "un chemin absolu"),
        ({"kind": "file-corruption", "vm": "srv", "path": "//proc/1"}, "tenu par le noyau"),
        ({"kind": "file-corruption", "vm": "srv", "path": "/a", "length": 4}, "length : au moins"),
        ({"kind": "clock-jump", "vm": "srv", "seconds": 0}, "au moins une seconde"),
        ({"kind": "clock-jump", "vm": "srv", "seconds": 10**12}, "seconds : au plus"),
        ({"kind": "partition", "a": ["lb1"], "b": []}, "b : au moins 1 élément"),
        ({"kind": "partition", "a": ["lb1"], "b": ["web1", "lb1"]}, "qu'une fois"),
        ({"kind": "partition", "a": "lb1", "b": ["web1"]}, "a : une liste est attendue"),
    ],
)
def test_what_is_malformed_is_refused_with_the_reason(data: dict[str, Any], said: str) -> None:
    with pytest.raises(LabError) as raised:
        parse_fault(data)
    assert said in raised.value.message
    assert "fault inject --help" in raised.value.hint


def test_faults_that_could_not_be_told_apart_share_a_slot() -> None:
    def slot(**data: Any) -> str:
        return parse_fault(data).slot()

    assert slot(kind="freeze", vm="srv") == slot(kind="power-cut", vm="srv")
    assert slot(kind="service-kill", vm="srv", unit="cron") == slot(
        kind="service-kill", vm="srv", unit="cron.service"
    )
    assert slot(kind="partition", a=["x"], b=["y", "z"]) == slot(
        kind="partition", a=["z", "y"], b=["x"]
    )
    assert slot(kind="netem", vm="srv", loss=1) != slot(kind="netem", vm="web", loss=1)
    assert slot(kind="file-corruption", vm="srv", path="/a") != slot(
        kind="file-corruption", vm="srv", path="/b"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (90061, "1 j 1 h")],
)
def test_lengths_of_time_in_words(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
