"""``timer``: real cron tables and commands here, systemd's words by its manual, the verdict."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_systemd import FakeSystemd, Told
from local_guest import item, judged, make_check

from pcapra_lab.grading.guest import crontabs, systemd, timer
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.timer import TimerFact

PASS, FAIL = Outcome.PASS, Outcome.FAIL
ME = getpass.getuser()


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cron's folders, empty; a cron that does not run."""
    for name in ("etc/cron.d", "spool"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(crontabs, "ETC", tmp_path / "etc")
    monkeypatch.setattr(crontabs, "SPOOL", tmp_path / "spool")
    monkeypatch.setattr(timer, "CRON_PID", tmp_path / "crond.pid")
    return tmp_path / "etc"


def plant(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)


def fact_of(**fields: Any) -> TimerFact:
    base = {"unit": None, "pattern": "tache", "user": None, "run": False}
    return TimerFact.model_validate_json(json.dumps(evaluate(item("timer", **base | fields))))


def test_tables_as_cron_reads_them(etc: Path, tmp_path: Path) -> None:
    plant(etc / "cron.d/sauvegarde", f'# tache\nA="b c"\n0 3 * * *  {ME}  tache --un\n')
    plant(etc / "cron.d/sauvegarde.bak", f"@daily {ME} tache\n")
    plant(etc / "cron.d/inacheve", f"@daily {ME} tache")
    plant(etc / "cron.d/ouvert", f"@daily {ME} tache\n")
    (etc / "cron.d/ouvert").chmod(0o666)
    plant(tmp_path / "spool/alice", "@reboot tache --deux\n")
    found = list(crontabs.entries())
    assert [(one.when, one.user, one.command) for one in found] == [
        ("0 3 * * *", ME, "tache --un"),
        ("@reboot", "alice", "tache --deux"),
    ]
    assert found[0].env == {"A": "b c"}


def test_an_entry_runs_as_cron_would(etc: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = f'echo "$PATH $SHELL $A $(date +\\%Y)" >{out}; pwd >>{out} % tache'
    plant(etc / "crontab", f"A=b\n@daily {ME} {command}\n")
    fact = fact_of(run=True)
    assert (fact.ran, fact.status, fact.user) == ("ok", 0, ME)
    first, home = out.read_text().splitlines()
    assert first.startswith("/usr/bin:/bin /bin/sh b 2")
    assert home == str(Path.home())
    assert not fact.awaited


@pytest.mark.parametrize(
    ("command", "user", "ran", "said"),
    [
        ("echo tache >&2; exit 3", ME, "failed", "tache"),
        ("pcapra-tache", ME, "failed", "not found"),
        ("tache", "pcapra-nobody", "no-user", ""),
        ("sleep 600 # tache", ME, "timeout", ""),
    ],
)
def test_what_running_it_may_come_to(
    etc: Path, command: str, user: str, ran: str, said: str
) -> None:
    plant(etc / "crontab", f"@daily {user} {command}\n")
    fact = fact_of(run=True, timeout=0.5)
    assert fact.ran == ran
    assert said in fact.said


def test_it_is_not_run_as_someone_else_nor_when_only_looked_at(etc: Path, tmp_path: Path) -> None:
    plant(etc / "crontab", f"@daily {ME} touch {tmp_path}/tache\n")
    assert fact_of(run=True, user="alice").ran == ""
    assert fact_of().ran == ""
    assert not (tmp_path / "tache").exists()


SYSTEMD = "org.freedesktop.systemd1"
TOLD: Told = {
    (f"/org/freedesktop/systemd1/unit/{path}", f"{SYSTEMD}.{interface}", name): value
    for path, interface, name, value in (
        ("s_2etimer", "Unit", "LoadState", ("s", "loaded")),
        ("s_2etimer", "Unit", "ActiveState", ("s", "active")),
        ("s_2etimer", "Unit", "UnitFileState", ("s", "enabled")),
        ("s_2etimer", "Timer", "Unit", ("s", "s.service")),
        ("s_2eservice", "Service", "Result", ("s", "exit-code")),
        ("s_2eservice", "Service", "ExecMainStatus", ("i", 7)),
    )
}


@contextmanager
def units(folder: Path, monkeypatch: pytest.MonkeyPatch, start: int) -> Iterator[None]:
    """A systemd, and a systemctl whose ``start`` ends with that status: this machine has none."""
    (folder / "systemctl").write_text(f'#!/bin/sh\necho "$@" >>{folder}/args\nexit {start}\n')
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setattr(timer, "SAFE_PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(systemd, "PRIVATE", folder / "private")
    with FakeSystemd(folder / "private", TOLD):
        yield


def test_a_timer_s_unit_is_started_and_awaited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with units(tmp_path, monkeypatch, 0):
        fact = fact_of(unit="s", run=True)
    assert (fact.found, fact.awaited, fact.at_boot, fact.ran) == (True, True, True, "ok")
    assert (tmp_path / "args").read_text() == "start --wait -- s.service\n"


def test_a_unit_that_fails_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with units(tmp_path, monkeypatch, 1):
        fact = fact_of(unit="s.timer", run=True)
    assert (fact.ran, fact.status, fact.said) == ("failed", 7, "s.service : exit-code")


def test_a_timer_that_does_not_exist_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with units(tmp_path, monkeypatch, 0):
        assert not fact_of(unit="absent", run=True).found
    assert not (tmp_path / "args").exists()


def planned(**fields: Any) -> TimerFact:
    base: dict[str, Any] = {"kind": "timer", "found": True, "where": "/etc/crontab"}
    state = {"when": "@daily", "user": "root", "awaited": True, "at_boot": True}
    return TimerFact(**base | state | {"ran": "ok", "status": 0, "said": ""} | fields)


CRON: dict[str, Any] = {"command_matches": "tache"}
UNIT: dict[str, Any] = {"unit": "s"}


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        (CRON, planned(), PASS, "/etc/crontab @daily, exécution réussie"),
        (CRON, planned(found=False), FAIL, "aucune entrée que cron lise"),
        (CRON | {"user": "borg"}, planned(ran=""), FAIL, "/etc/crontab : exécutée par root"),
        (CRON, planned(awaited=False), FAIL, "cron est arrêté"),
        (CRON, planned(ran="failed", status=3, said="non"), FAIL, "/etc/crontab : l'exécution a"),
        (CRON, planned(ran="no-user", user="x"), FAIL, "/etc/crontab : « x » n'est pas un compte"),
        (CRON, planned(ran="timeout"), FAIL, "/etc/crontab : l'exécution n'a pas fini"),
        (CRON, planned(ran=""), FAIL, "/etc/crontab : l'exécution a échoué"),
        (CRON | {"effect": "observe"}, planned(ran=""), PASS, "/etc/crontab @daily"),
        (UNIT, planned(where="s.timer", when=""), PASS, "s.timer, exécution réussie"),
        (UNIT, planned(found=False), FAIL, "le timer s n'existe pas"),
        (UNIT, planned(where="s.timer", awaited=False), FAIL, "s.timer n'est pas actif"),
        (UNIT, planned(where="s.timer", at_boot=False), FAIL, "s.timer n'est pas activé"),
    ],
)
def test_verdict(fields: dict[str, Any], fact: TimerFact, expected: Outcome, observed: str) -> None:
    result = judged(make_check("timer", **fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)


@pytest.mark.parametrize("fields", [{}, CRON | UNIT, UNIT | {"user": "root"}])
def test_one_planner_at_a_time(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="command_matches"):
        make_check("timer", **fields)
