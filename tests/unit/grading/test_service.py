"""``service``: systemd's words, and the verdict."""

from pathlib import Path
from typing import Any

import pytest
from local_guest import item, judged, make_check

from pcapra_lab.grading.guest import service as guest
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.service import ServiceFact

PASS, FAIL = Outcome.PASS, Outcome.FAIL

SHOWN = """\
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
NRestarts=2
Result=success
"""


def fake_systemctl(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A systemctl that answers as its manual says: written by hand, this machine has no systemd."""
    (folder / "systemctl").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setattr(guest, "SAFE_PATH", f"{folder}:/usr/bin:/bin")


def test_systemctl_s_words_become_a_fact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_systemctl(tmp_path, monkeypatch, f"echo \"$@\" >{tmp_path}/args\ncat <<'F'\n{SHOWN}F")
    fact = ServiceFact(**evaluate(item("service", unit="nginx")))
    assert (fact.active, fact.sub, fact.file, fact.restarts) == ("active", "running", "enabled", 2)
    assert (tmp_path / "args").read_text().endswith("-- nginx\n")


def test_a_unit_without_restarts_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_systemctl(tmp_path, monkeypatch, "echo LoadState=loaded; echo ActiveState=active")
    fact = ServiceFact(**evaluate(item("service", unit="ssh.socket")))
    assert (fact.restarts, fact.file) == (0, "")


def test_a_silent_systemd_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_systemctl(tmp_path, monkeypatch, "echo Failed to connect to bus >&2; exit 1")
    fact = evaluate(item("service", unit="nginx"))
    assert (fact["reason"], fact["detail"]) == ("tool", "systemctl : Failed to connect to bus")


def state(active: str, file: str, **fields: Any) -> ServiceFact:
    base: dict[str, Any] = {
        "kind": "service",
        "load": "loaded",
        "sub": "x",
        "result": "success",
        "restarts": 0,
    }
    return ServiceFact(**base | {"active": active, "file": file} | fields)


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, state("active", "enabled"), PASS, "nginx : actif (x), activé au démarrage"),
        ({}, state("active", "generated"), PASS, "nginx : actif"),
        ({}, state("active", "disabled"), FAIL, "nginx : désactivé au démarrage"),
        ({}, state("active", "enabled-runtime"), FAIL, "nginx : activé jusqu'au prochain"),
        ({}, state("active", "static"), FAIL, "nginx : démarré par une autre unité"),
        ({}, state("inactive", "enabled"), FAIL, "nginx : arrêté (x)"),
        ({}, state("activating", "enabled"), FAIL, "nginx : en cours de démarrage"),
        (
            {},
            state("failed", "masked", result="exit-code"),
            FAIL,
            "nginx : en échec (exit-code), m",
        ),
        ({}, state("inactive", "", load="not-found"), FAIL, "nginx : cette unité n'existe pas"),
        ({"at_boot": None}, state("active", "static"), PASS, "nginx : actif"),
        ({"running": False, "at_boot": False}, state("inactive", "masked"), PASS, "nginx : arrêté"),
        (
            {"running": False, "at_boot": False},
            state("inactive", "", load="not-found"),
            PASS,
            "nginx : arrêté",
        ),
        ({"running": False, "at_boot": None}, state("active", "enabled"), FAIL, "nginx : actif"),
        ({"running": False, "at_boot": None}, state("activating", ""), FAIL, "nginx : en cours"),
        ({"at_boot": False}, state("active", "enabled"), FAIL, "nginx : activé au démarrage"),
        ({"restarts_max": 1}, state("active", "enabled", restarts=2), FAIL, "nginx : relancé 2"),
        ({"restarts_max": 2}, state("active", "enabled", restarts=2), PASS, "nginx : actif"),
    ],
)
def test_verdict(
    fields: dict[str, Any], fact: ServiceFact, expected: Outcome, observed: str
) -> None:
    result = judged(make_check("service", unit="nginx", **fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)
    assert result.expected.startswith("nginx : ")
