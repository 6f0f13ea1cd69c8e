"""``service``: systemd's words, and the verdict."""

from pathlib import Path
from typing import Any

import pytest
from fake_systemd import FakeSystemd, Told
from local_guest import item, judged, make_check

from pcapra_lab.grading.guest import systemd
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.service import ServiceFact

PASS, FAIL = Outcome.PASS, Outcome.FAIL

UNIT = "org.freedesktop.systemd1.Unit"
SERVICE = "org.freedesktop.systemd1.Service"
UNITS = "/org/freedesktop/systemd1/unit"


def about(path: str, **of_unit: str) -> Told:
    """What systemd tells of a unit of any type."""
    return {(f"{UNITS}/{path}", UNIT, name): ("s", value) for name, value in of_unit.items()}


NGINX = about(
    "nginx_2eservice",
    LoadState="loaded",
    ActiveState="active",
    SubState="running",
    UnitFileState="enabled",
) | {
    (f"{UNITS}/nginx_2eservice", SERVICE, "NRestarts"): ("u", 2),
    (f"{UNITS}/nginx_2eservice", SERVICE, "Result"): ("s", "success"),
}


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "private"
    monkeypatch.setattr(systemd, "PRIVATE", path)
    return path


def test_systemd_s_words_become_a_fact(private: Path) -> None:
    with FakeSystemd(private, NGINX) as fake:
        fact = ServiceFact(**evaluate(item("service", unit="nginx")))
        again = ServiceFact(**evaluate(item("service", unit="nginx.service")))
    assert (fact.load, fact.active, fact.sub) == ("loaded", "active", "running")
    assert (fact.file, fact.restarts, fact.result) == ("enabled", 2, "success")
    assert again.active == "active", "a name without a type is a service's"
    assert len(fake.asked) == 12


def test_a_unit_without_restarts_has_none(private: Path) -> None:
    with FakeSystemd(private, about("ssh_2esocket", LoadState="loaded")) as fake:
        fact = ServiceFact(**evaluate(item("service", unit="ssh.socket")))
    assert (fact.load, fact.restarts, fact.file) == ("loaded", 0, "")
    assert (f"{UNITS}/ssh_2esocket", "org.freedesktop.systemd1.Socket", "Result") in fake.asked


def test_no_systemd_is_an_error(private: Path) -> None:
    fact = evaluate(item("service", unit="nginx"))
    assert fact["reason"] == "tool"
    assert fact["detail"].startswith("systemd : ")


def test_a_silent_systemd_is_a_passed_deadline(private: Path) -> None:
    with FakeSystemd(private, NGINX, silent=True):
        fact = evaluate(item("service", unit="nginx") | {"timeout": 0.2})
    assert fact["reason"] == "deadline"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        # busctl tree org.freedesktop.systemd1, on a Debian 12.
        ("cron.service", "cron_2eservice"),
        ("getty@tty1.service", "getty_40tty1_2eservice"),
        ("dev-disk-by\\x2duuid.swap", "dev_2ddisk_2dby_5cx2duuid_2eswap"),
        ("7zip.service", "_37zip_2eservice"),
        ("é.service", "_c3_a9_2eservice"),
    ],
)
def test_a_name_in_a_path(name: str, label: str) -> None:
    assert systemd.label(name) == label


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
