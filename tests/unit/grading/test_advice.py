"""Advice from what was seen: for each check type, one sentence at each level of help."""

from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from pcapra_lab.content.checks import Check
from pcapra_lab.content.typography import sentence_faults
from pcapra_lab.grading import advice
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.judge import judge
from pcapra_lab.grading.registry import fact_model, unit_of
from pcapra_lab.grading.results import CheckResult, Outcome
from pcapra_lab.grading.sources import grading_modules

ABSENT = {"type": "absent"}
FILE = {"type": "file", "mode": "0600", "owner": "root", "group": "root", "content": "x"}
SERVICE = {"load": "loaded", "active": "active", "sub": "running", "file": "enabled",
           "result": "success", "restarts": 0}  # fmt: skip
USER = {"exists": True, "shell": "/bin/bash", "groups": ["alice"], "password": "set", "sudo": []}
MOUNT = {"mounted": True, "source": "/dev/vdb", "device": "/dev/vdb", "wanted": "/dev/vdb",
         "fstype": "ext4", "options": ("rw",)}  # fmt: skip
TIMER = {"found": True, "where": "/etc/cron.d/s", "when": "0 2 * * *", "user": "root",
         "awaited": True, "at_boot": True, "ran": "failed", "status": 1, "said": ""}  # fmt: skip
HTTP = {"failure": "", "detail": "", "status": 200, "headers": {}, "body": "rien"}
LOG = {"exists": True, "count": 0, "sample": [], "truncated": False}
ANYWHERE = ("0.0.0.0",)  # noqa: S104
RUN = {"exit": 1, "stdout": "", "stderr": "", "truncated": False, "timed_out": False}
OK = {"state": "ok", "code": "", "said": "", "rows": []}
EMPTY = '{"status": "success", "data": {"resultType": "vector", "result": []}}'

CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("file", {"path": "/s/k"}, ABSENT, "`ls -l /s` ne montre rien", "exactement ici : /s/k"),
    ("file", {"path": "/k"}, {"type": "broken-link"}, "un lien vers", "cible du lien"),
    ("file", {"path": "/k", "exists": False}, FILE, "le montre encore", "`rm /k` ?"),
    ("file", {"path": "/k", "mode_max": "0600"}, FILE | {"mode": "0644"}, "qu'il ne faut : 0644",
     "`chmod 0600 /k` ?"),
    ("file", {"path": "/k", "owner": "alice"}, FILE, "propriétaire : root", "`chown alice /k`"),
    ("file", {"path": "/k", "group": "adm"}, FILE, "groupe : root", "`chgrp adm /k`"),
    ("file", {"path": "/k", "matches": "y"}, FILE, "Relisez `cat /k`", ""),
    ("file", {"path": "/k", "matches": "y"}, FILE | {"type": "directory", "content": None},
     "est un dossier", ""),
    ("file_identical", {"path": "/k", "parameter": "p"}, ABSENT, "ne montre rien", "ici : /k"),
    ("file_identical", {"path": "/k", "parameter": "p"}, FILE | {"size": 0}, "vide", "Relancez"),
    ("file_identical", {"path": "/k", "parameter": "p"}, FILE | {"size": 9, "sha256": "0"},
     "pas les mêmes octets", "restaurez-le"),
    ("file_identical", {"path": "/k", "parameter": "p"}, {"type": "directory"}, "pas un fich", ""),
    ("package", {"name": "borg"}, {"status": "absent", "version": ""}, "`dpkg -l borg`",
     "`sudo apt install borg` sur srv ?"),
    ("package", {"name": "borg"}, {"status": "half-configured", "version": "1"}, "inachevée",
     "dpkg --configure -a"),
    ("service", {"unit": "x"}, SERVICE | {"load": "not-found", "active": "inactive"},
     "ne connaît pas", "daemon-reload"),
    ("service", {"unit": "x"}, SERVICE | {"active": "inactive", "file": "masked"}, "masquée",
     "unmask x"),
    ("service", {"unit": "x"}, SERVICE | {"active": "failed"}, "en échec", "journalctl -u x"),
    ("service", {"unit": "x"}, SERVICE | {"active": "inactive"}, "à l'arrêt", "start x"),
    ("service", {"unit": "x", "running": False, "at_boot": None}, SERVICE, "en marche", "stop x"),
    ("service", {"unit": "x"}, SERVICE | {"file": "disabled"}, "prochain démarrage", "enable x"),
    ("service", {"unit": "x", "at_boot": False}, SERVICE, "prochain démarrage", "disable x"),
    ("service", {"unit": "x", "restarts_max": 0}, SERVICE | {"restarts": 4}, "trop de relances",
     "pourquoi elle retombe"),
    ("mount", {"path": "/m"}, {"mounted": False}, "`findmnt /m` ne montre rien", "/etc/fstab"),
    ("mount", {"path": "/m", "mounted": False}, MOUNT, "encore monté", "umount /m"),
    ("mount", {"path": "/m", "source": "/dev/vdc"}, MOUNT | {"wanted": "/dev/vdc"},
     "autre source : /dev/vdb", ""),
    ("mount", {"path": "/m", "fstype": "xfs"}, MOUNT, "autre type : ext4", ""),
    ("mount", {"path": "/m", "options": ["ro"]}, MOUNT, "il en manque", "remount,ro /m"),
    ("mount", {"path": "/m", "options_absent": ["rw"]}, MOUNT, "de trop", ""),
    ("user", {"name": "bob"}, {"exists": False}, "ne trouve personne", "adduser"),
    ("user", {"name": "bob", "exists": False}, USER, "le trouve encore", "deluser bob"),
    ("user", {"name": "bob", "groups": ["adm"]}, USER, "manque un groupe", "usermod -aG"),
    ("user", {"name": "bob", "groups_absent": ["alice"]}, USER, "de trop : alice", "-d bob alice"),
    ("user", {"name": "bob", "shell": "/bin/sh"}, USER, "shell : /bin/bash", "chsh -s /bin/sh"),
    ("user", {"name": "bob", "locked": True}, USER, "passwd -S bob", "passwd -l bob"),
    ("user", {"name": "bob", "sudo_denies": ["ls"]}, USER | {"sudo": ["yes"]}, "permet plus",
     "visudo"),
    ("user", {"name": "bob", "sudo_allows": ["ls"]}, USER | {"sudo": ["no"]}, "sudo -l -U bob",
     "visudo"),
    ("log_line", {"matches": "x"}, LOG, "`journalctl -n 50`", "moins de 10m"),
    ("log_line", {"matches": "x", "unit": "u"}, LOG, "`journalctl -u u -n 50`", "moins de 10m"),
    ("log_line", {"matches": "x", "file": "/l"}, LOG | {"exists": False}, "n'existe pas", "tourné"),
    ("log_line", {"matches": "x", "absent": True}, LOG | {"count": 1, "sample": ["x"]},
     "ne devrait plus", "après 10m"),
    ("timer", {"unit": "s.timer"}, TIMER | {"found": False}, "list-timers", "daemon-reload"),
    ("timer", {"command_matches": "x"}, TIMER | {"found": False}, "crontab -l", "pas de point"),
    ("timer", {"command_matches": "x", "user": "bob"}, TIMER, "sous le compte root", ""),
    ("timer", {"command_matches": "x"}, TIMER | {"awaited": False}, "systemctl status cron",
     "enable --now cron"),
    ("timer", {"command_matches": "x"}, TIMER | {"ran": "no-user"}, "compte qui n'existe pas", ""),
    ("timer", {"command_matches": "x"}, TIMER | {"ran": "timeout"}, "ne finit pas", "phrase"),
    ("timer", {"command_matches": "x"}, TIMER, "échoue quand il s'exécute", "env -i"),
    ("http", {"url": "http://w/"}, HTTP | {"failure": "refused"}, "pas de réponse", "démarré"),
    ("http", {"url": "http://w/"}, HTTP | {"status": 502}, "répond 502", "ne joint pas"),
    ("http", {"url": "http://w/", "refused": True}, HTTP, "rien ne devait répondre", ""),
    ("http", {"url": "http://w/", "body_matches": "y"}, HTTP, "contenu ou les en-têtes", ""),
    ("http", {"url": "http://w/", "bare_status": 401}, HTTP | {"bare_status": 200},
     "sans authentification", ""),
    ("promql", {"query": "up", "value": "== 1"}, HTTP | {"failure": "refused"}, "depuis srv", "?"),
    ("promql", {"query": "up", "value": "== 1"}, HTTP | {"body": EMPTY}, "aucune série", "Targets"),
    ("promql", {"query": "up", "value": "== 1"},
     HTTP | {"body": EMPTY.replace("vector", "scalar").replace("[]", '[0, "2"]')}, "comparez", ""),
    ("sql", {"engine": "mysql", "query": "q"}, {"answers": [OK | {"state": "no-client"}]},
     "`mysql` manque", "Installez"),
    ("sql", {"engine": "postgresql", "query": "q"}, {"answers": [OK | {"state": "no-link"}]},
     "`psql` n'entre pas", "tourne-t-il"),
    ("sql", {"engine": "mysql", "query": "q"}, {"answers": [OK | {"state": "error"}]},
     "La requête échoue", "GRANT"),
    ("sql", {"engine": "mysql", "query": "q", "denied": ["d"]}, {"answers": [OK, OK]},
     "peut plus", "REVOKE"),
    ("sql", {"engine": "mysql", "query": "q", "login": False}, {"answers": [OK]}, "encore", ""),
    ("sql", {"engine": "mysql", "query": "q", "rows": [["1"]]}, {"answers": [OK]}, "lignes", ""),
    ("command", {"run": ["borg", "list"]}, RUN, "Exécutez `borg list` sur srv", ""),
    ("command", {"run": ["borg"]}, RUN | {"exit": 127}, "introuvable sur srv", "paquet"),
    ("command", {"run": ["borg"]}, RUN | {"exit": 126}, "ne peut pas être exécuté", ""),
    ("command", {"run": ["borg"], "stdout_matches": "z"}, RUN | {"exit": 0}, "comparez", ""),
]  # fmt: skip


def judged(type_: str, keys: dict[str, Any], facts: dict[str, Fact | None]) -> CheckResult:
    data = {"id": "c", "vm": "srv", "title": "T", "hint": "H.", "type": type_, **keys}
    check: Check = TypeAdapter[Check](Check).validate_python(data)
    return judge(check, facts, {"p": "un texte"})


def fact(type_: str, data: dict[str, Any]) -> Fact:
    model = fact_model(unit_of(type_).guest)
    kind = model.model_fields["kind"].annotation
    return model.model_validate({"kind": get_args(kind)[0], **data}, strict=False)


@pytest.mark.parametrize(("type_", "keys", "seen", "look", "act"), CASES)
def test_a_failed_check_says_where_to_look_then_what_to_try(
    type_: str, keys: dict[str, Any], seen: dict[str, Any], look: str, act: str
) -> None:
    result = judged(type_, keys, {"srv": fact(type_, seen)})
    assert result.outcome is Outcome.FAIL, result
    assert look in result.advice[0]
    assert [act in text for text in result.advice[1:]] == ([True] if act else [])
    for text in result.advice:
        faults = sentence_faults(text if text.endswith((".", "?")) else "")
        assert not faults, (text, faults)


def port(own: tuple[str, ...], reach: str = "", **others: str) -> dict[str, Fact | None]:
    facts: dict[str, Fact | None] = {
        "srv": fact("port", {"listeners": own, "reach": reach}),
    }
    for vm, reached in others.items():
        facts[vm] = fact("port", {"listeners": (), "reach": reached})
    return facts


@pytest.mark.parametrize(
    ("keys", "facts", "look", "act"),
    [
        ({}, port(()), "ne montre rien sur le port 80", "démarré"),
        ({"closed": True}, port(ANYWHERE), "écoute encore", "ss -ltnp"),
        ({"from": "lb"}, port(("127.0.0.1",), lb="refused"), "que sur la machine", "adresse d'éc"),
        ({"from": "lb"}, port(ANYWHERE, lb="timeout"), "pas comme il est demandé", "pare-feu"),
        ({"from": "lb"}, port(ANYWHERE, lb="unknown-name"), "connaît pas le nom", "getent"),
        ({"closed_from": ["lb"]}, port(ANYWHERE, lb="open"), "répond encore à lb", "nftables"),
    ],
)
def test_ports(keys: dict[str, Any], facts: dict[str, Fact | None], look: str, act: str) -> None:
    result = judged("port", {"port": 80, **keys}, facts)
    assert result.outcome is Outcome.FAIL, result
    assert look in result.advice[0] and act in result.advice[1]


@pytest.mark.parametrize(
    ("srv", "lb", "look", "act"),
    [
        ([], [], "personne ne porte", "interface active"),
        (["10.0.0.9"], ["10.0.0.9"], "par srv, lb à la fois", "ne s'entendent plus"),
        ([], ["10.0.0.9"], "est sur lb", "priorités"),
    ],
)
def test_addresses(srv: list[str], lb: list[str], look: str, act: str) -> None:
    facts: dict[str, Fact | None] = {
        "srv": fact("address", {"addresses": srv}),
        "lb": fact("address", {"addresses": lb}),
    }
    keys = {"address": "10.0.0.9", "among": ["lb"], "holder": "srv"}
    result = judged("address", keys, facts)
    assert result.outcome is Outcome.FAIL, result
    assert look in result.advice[0] and act in result.advice[1]


def test_a_script_says_itself_where_to_look() -> None:
    said = '{"ok": false, "expected": "e", "observed": "o", "hint": "Ici."}'
    result = judged(
        "script", {"run": "c.py"}, {"srv": fact("script", RUN | {"exit": 0, "stdout": said})}
    )
    assert (result.hint, result.advice) == ("Ici.", ())


def test_what_passes_or_cannot_be_judged_gets_no_advice() -> None:
    assert judged("file", {"path": "/k"}, {"srv": fact("file", FILE)}).advice == ()
    assert judged("file", {"path": "/k"}, {"srv": None}).outcome is Outcome.ERROR


def test_every_type_has_its_advice_and_no_proof_stands_on_its_words() -> None:
    checks = {
        get_args(one.model_fields["type"].annotation)[0] for one in get_args(get_args(Check)[0])
    }
    folder = Path(advice.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "base"} == checks
    assert all(hasattr(import_module(f"{advice.__name__}.{name}"), "advise") for name in checks)
    modules = grading_modules(checks)
    assert "pcapra_lab.grading.advice.base" in modules
    assert not {f"pcapra_lab.grading.advice.{name}" for name in checks} & set(modules)
