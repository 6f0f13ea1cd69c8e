"""An account in the words of the system's databases, and what sudo lets it do."""

import grp
import os
import pwd
import shutil
import time
from pathlib import Path

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item
from pcapra_lab.grading.guest.process import run_process

SHADOW = "/etc/shadow"


def look(item: Item) -> Fact:
    """The account ``name``; ``sudo`` lists the commands, as argument vectors, to ask about."""
    started = time.monotonic()
    fact: Fact = {"kind": "user", "exists": False}
    try:
        account = pwd.getpwnam(item["name"])
    except KeyError:
        return {**fact, "seconds": time.monotonic() - started}
    fact["exists"] = True
    fact["shell"] = account.pw_shell
    fact["groups"] = sorted(map(_group, os.getgrouplist(account.pw_name, account.pw_gid)))
    fact["password"] = password(Path(SHADOW).read_bytes(), account.pw_name)
    fact["sudo"] = [_sudo(item, account.pw_name, argv) for argv in item["sudo"]]
    return {**fact, "seconds": time.monotonic() - started}


def password(shadow: bytes, name: str) -> str:
    """``locked``, ``empty``, ``set`` or ``none``.

    shadow(5): a field that crypt(3) cannot give, such as one that starts with ``!`` or ``*``,
    lets nobody in; an empty one asks for no password.
    """
    for line in shadow.splitlines():
        fields = line.split(b":")
        if fields[0] == name.encode() and len(fields) > 1:
            if not fields[1]:
                return "empty"
            return "locked" if fields[1][:1] in (b"!", b"*") else "set"
    return "none"


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _sudo(item: Item, name: str, argv: list[str]) -> str:
    """``yes``, ``no``, or ``absent`` when there is no such command to ask about.

    sudo(8): with ``-l -U user command``, 0 when the policy allows it, 1 when it does not.
    """
    if shutil.which(argv[0], path=SAFE_PATH) is None:
        return "absent"
    fact = run_process(
        ["sudo", "-n", "-l", "-U", name, "--", *argv],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=item["timeout"],
    )
    if fact["timed_out"]:
        raise Failure("deadline")
    if fact["exit"] not in (0, 1):
        raise Failure("tool", f"sudo : {fact['stderr'].strip()}")
    return "yes" if fact["exit"] == 0 else "no"
