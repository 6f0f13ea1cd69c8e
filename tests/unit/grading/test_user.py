"""``user``: this machine's own accounts, shadow lines by the manual, and the verdict."""

import getpass
import grp
import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest
from local_guest import item, judged, make_check

from pcapra_lab.grading.guest import user as guest
from pcapra_lab.grading.guest.core import SAFE_PATH, evaluate
from pcapra_lab.grading.guest.user import password
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.user import UserFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR

SHADOW = b"""\
root:*:19800:0:99999:7:::
borg:!:19800:0:99999:7:::
stagiaire:$y$j9T$abc$def:19800:0:99999:7:::
alice:!$y$j9T$abc$def:19800:0:99999:7:::
ouvert::19800:0:99999:7:::
"""


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("root", "locked"),
        ("borg", "locked"),
        ("stagiaire", "set"),
        ("alice", "locked"),
        ("ouvert", "empty"),
        ("absent", "none"),
        ("ali", "none"),
    ],
)
def test_shadow(name: str, state: str) -> None:
    assert password(SHADOW, name) == state


def fact_of(name: str, *sudo: list[str]) -> UserFact:
    fact = evaluate(item("user", name=name, sudo=list(sudo)))
    return UserFact.model_validate_json(json.dumps(fact))


def test_an_account_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shadow").write_bytes(SHADOW)
    monkeypatch.setattr(guest, "SHADOW", str(tmp_path / "shadow"))
    account = pwd.getpwuid(os.geteuid())
    fact = fact_of(getpass.getuser())
    assert (fact.exists, fact.shell) == (True, account.pw_shell)
    assert grp.getgrgid(account.pw_gid).gr_name in fact.groups
    assert not fact_of("pcapra-nobody").exists


def test_sudo_is_asked_about_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shadow").write_bytes(SHADOW)
    sudo = tmp_path / "sudo"
    # sudo(8): 0 and the path when allowed, 1 and nothing when not.
    sudo.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >>{tmp_path}/args\n'
        '[ "$6" = cat ] && exit 0\n[ "$6" = ls ] && exit 1\nexit 3\n'
    )
    sudo.chmod(0o755)
    monkeypatch.setattr(guest, "SHADOW", str(tmp_path / "shadow"))
    monkeypatch.setattr(guest, "SAFE_PATH", f"{tmp_path}:{SAFE_PATH}")
    name = getpass.getuser()
    fact = fact_of(name, ["cat", "/etc/shadow"], ["ls"], ["pcapra-no-such-program"])
    assert fact.sudo == ["yes", "no", "absent"]
    assert (tmp_path / "args").read_text().splitlines() == [
        f"-n -l -U {name} -- cat /etc/shadow",
        f"-n -l -U {name} -- ls",
    ]
    failed = evaluate(item("user", name=name, sudo=[["sh"]]))
    assert failed["reason"] == "tool"


def account(**fields: Any) -> UserFact:
    base: dict[str, Any] = {"shell": "/bin/bash", "groups": ["alice", "sudo"], "password": "set"}
    return UserFact(**base | {"kind": "user", "exists": True} | fields)


NONE = UserFact(kind="user", exists=False)


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, account(), PASS, "le compte alice existe, groupes alice, sudo"),
        ({}, NONE, FAIL, "le compte alice n'existe pas"),
        ({"sudo_denies": ["ls"]}, NONE, FAIL, "le compte alice n'existe pas"),
        ({"exists": False}, NONE, PASS, "le compte alice n'existe pas"),
        ({"exists": False}, account(), FAIL, "le compte alice existe"),
        ({"groups": ["sudo"]}, account(), PASS, "le compte"),
        ({"groups": ["adm", "sudo"]}, account(), FAIL, "pas membre de adm"),
        ({"groups_absent": ["sudo"]}, account(), FAIL, "membre de sudo"),
        ({"groups_absent": ["adm"]}, account(), PASS, "le compte"),
        ({"shell": "/usr/sbin/nologin"}, account(), FAIL, "shell /bin/bash"),
        ({"locked": True}, account(), FAIL, "mot de passe utilisable"),
        ({"locked": True}, account(password="locked"), PASS, "le compte"),
        ({"locked": True}, account(password="none"), PASS, "le compte"),
        ({"locked": True}, account(password="empty"), FAIL, "mot de passe vide"),
        ({"locked": False}, account(password="empty"), FAIL, "mot de passe vide"),
        ({"locked": False}, account(), PASS, "le compte"),
        (
            {"sudo_allows": ["a b"], "sudo_denies": ["c"]},
            account(sudo=["yes", "no"]),
            PASS,
            "le compte",
        ),
        # NOPASSWD: ALL permits what was asked, and all the rest.
        (
            {"sudo_allows": ["a b"], "sudo_denies": ["c"]},
            account(sudo=["yes", "yes"]),
            FAIL,
            "sudo permet « c »",
        ),
        ({"sudo_allows": ["a b"]}, account(sudo=["no"]), FAIL, "sudo interdit « a b »"),
        ({"sudo_allows": ["a"]}, account(sudo=["absent"]), FAIL, "« a » n'existe pas"),
        ({"sudo_denies": ["a"]}, account(sudo=["absent"]), ERROR, "« a » n'existe pas sur srv"),
        ({"sudo_denies": ["a"]}, account(), ERROR, "sudo n'a pas répondu"),
    ],
)
def test_verdict(fields: dict[str, Any], fact: UserFact, expected: Outcome, observed: str) -> None:
    result = judged(make_check("user", name="alice", **fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)
