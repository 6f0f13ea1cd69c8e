#!/usr/bin/env python3
"""Judge, from sauvegarde, what watches the machines.

Usage: 5-securite.py integrite | sudoers | bannissement | journaux

For the first two the script sends itself to both web servers and runs there as root: « sur-place ».
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lab_alerts import MACHINES, metric, until
from lab_fleet import all_green, ask, run_there, trouble
from lab_ledger import LEDGER
from lab_run import last_line, run
from lab_verdict import verdict

WEBS = ("web1", "web2")
SITE = Path("/srv/www/catalogue.csv")
UNIT = "aide-site"
FIGURE = "aide_changes"
RUN_S = 120.0

GUARDED = ("lb1", "lb2", "sup")
STRANGER = "192.168.1.231"
TRIES = 8
BAN_S = 30.0

COLLECTOR = "sup"
SENDERS = ("lb1", "lb2", "web1", "web2", "sauvegarde", "sup")
ARRIVES_S = 90.0


# AIDE: its own service, that sees other files than the real ones for a moment.


def state(unit: str) -> str:
    """What a unit is doing."""
    return run("systemctl", "show", unit, "--property=ActiveState", "--value").stdout.strip()


@contextmanager
def instead(files: Mapping[Path, Path]) -> Iterator[None]:
    """AIDE's service sees some files in the place of others; the real ones are not touched."""
    drop = Path(f"/run/systemd/system/{UNIT}.service.d/99-controle.conf")
    drop.parent.mkdir(parents=True, exist_ok=True)
    drop.write_text("[Service]\n" + "".join(f"BindPaths={a}:{b}\n" for b, a in files.items()))
    run("systemctl", "daemon-reload")
    try:
        yield
    finally:
        drop.unlink()
        run("systemctl", "daemon-reload")


def compared() -> float | None:
    """What AIDE's service says, run to its end."""
    until(lambda: state(f"{UNIT}.service") not in ("activating", "deactivating"), RUN_S)
    run("systemctl", "start", f"{UNIT}.service", timeout=RUN_S)
    until(lambda: state(f"{UNIT}.service") not in ("activating", "deactivating"), RUN_S)
    return metric("127.0.0.1", FIGURE)


def copied(folder: str, source: Path) -> Path:
    """A copy with the same permissions, owner and dates."""
    copy = Path(folder) / source.name
    shutil.copy2(source, copy)
    status = source.stat()
    os.chown(copy, status.st_uid, status.st_gid)
    return copy


def integrity_there() -> NoReturn:
    """One byte of a file, not its size nor its date, is seen; the register may grow."""
    expected = (
        "un octet changé, même taille et même date : vu et nommé ; le registre grandit : rien"
    )
    timer = run("systemctl", "is-active", f"{UNIT}.timer").stdout.strip()
    boot = run("systemctl", "is-enabled", f"{UNIT}.timer").stdout.strip()
    if (timer, boot) != ("active", "enabled"):
        verdict(False, expected, f"{UNIT}.timer : {boot or 'absent'}, {timer or 'inactif'}")
    with tempfile.TemporaryDirectory(dir="/run") as folder:
        grown = copied(folder, LEDGER)
        grown.write_bytes(grown.read_bytes() + b"\n")
        with instead({LEDGER: grown}):
            quiet = compared()
        altered = copied(folder, SITE)
        content = bytearray(altered.read_bytes())
        content[len(content) // 2] ^= 1
        status = SITE.stat()
        altered.write_bytes(content)
        os.utime(altered, ns=(status.st_atime_ns, status.st_mtime_ns))
        began = int(time.time()) - 1
        with instead({SITE: altered}):
            seen = compared()
        # journald takes what the service said when it can: it may be after the service's end.
        run("journalctl", "--sync")
        said = run(
            "journalctl", f"--unit={UNIT}.service", f"--since=@{began}", "--output=cat"
        ).stdout
        after = compared()
    if quiet is None:
        verdict(False, expected, f"{FIGURE} manque sur le port 9100")
    if quiet != 0 or after != 0:
        verdict(
            False, expected, f"site intact, registre qui grandit : {FIGURE} vaut {quiet:g}",
            "Une base plus vieille que le site, ou un registre surveillé comme le reste.",
        )  # fmt: skip
    if not seen:
        verdict(False, expected, f"un octet de {SITE} a changé, et {FIGURE} vaut 0")
    named = SITE.name in said
    verdict(
        named, expected, "vu" if named else f"écart compté, sans que {SITE} soit nommé au journal"
    )


def integrity() -> None:
    """Both web servers."""
    expected = "web1 et web2 : un octet changé du site est vu ; le registre peut grandir"
    said = run_there(WEBS, "sur-place", "integrite", expected=expected)
    verdict(True, expected, all_green(said, expected))


# auditd: the rights' file is opened for writing, unaltered.


def touched(since: float) -> set[str]:
    """The paths of the audit log's events of that time and later."""
    text = run("ausearch", "--input-logs", "--raw", "--start", "recent").stdout
    found = re.findall(
        r'^type=PATH msg=audit\((\d+\.\d+):\d+\):.* name="([^"]*)"', text, re.MULTILINE
    )
    return {name for moment, name in found if float(moment) >= since}


def sudoers_there() -> NoReturn:
    """Both /etc/sudoers and its folder are watched by the kernel."""
    expected = "ouvrir /etc/sudoers en écriture, ou ajouter à /etc/sudoers.d, laisse une trace"
    if shutil.which("ausearch", path="/usr/sbin:/sbin:/usr/bin") is None:
        verdict(False, expected, "auditd n'est pas installé")
    began = time.time() - 0.1
    added = Path(f"/etc/sudoers.d/.essai-{secrets.token_hex(4)}")
    os.close(os.open("/etc/sudoers", os.O_WRONLY | os.O_APPEND))
    added.write_text("")
    added.unlink()
    wanted = {"/etc/sudoers": "/etc/sudoers", str(added): "/etc/sudoers.d"}

    def lacking() -> list[str]:
        seen = touched(began)
        return [name for path, name in wanted.items() if path not in seen]

    until(lambda: not lacking(), 15.0)
    left = lacking()
    said = f"aucune trace pour {' ni pour '.join(left)}" if left else "deux traces"
    verdict(not left, expected, said)


def sudoers() -> None:
    """Both web servers."""
    expected = "web1 et web2 : ce qui touche /etc/sudoers ou /etc/sudoers.d laisse une trace"
    said = run_there(WEBS, "sur-place", "sudoers", expected=expected)
    verdict(True, expected, all_green(said, expected))


# fail2ban: a stranger tries, from an address of its own.


def reached(machine: str, source: str) -> bool:
    """Whether SSH's port accepts a connection from an address of this machine."""
    try:
        socket.create_connection((MACHINES[machine], 22), 5.0, (source, 0)).close()
    except OSError:
        return False
    return True


def knock(machine: str) -> None:
    """Try an account that does not exist, until nobody answers."""
    for _ in range(TRIES):
        if not reached(machine, STRANGER):
            return
        # Whoever is banned in the middle of a connection waits for nothing.
        with suppress(subprocess.TimeoutExpired):
            run(
                "ssh", "-b", STRANGER, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=none",
                "-o", "ConnectTimeout=15", f"intrus@{MACHINES[machine]}", "true", timeout=30,
            )  # fmt: skip


def banned() -> None:
    """The stranger is shut out of the three, and nobody else is."""
    expected = f"sur {', '.join(GUARDED)} : cinq échecs ferment SSH à qui les a faits, à lui seul"
    ready = ask(dict.fromkeys(GUARDED, "sudo -n fail2ban-client status sshd"))
    for machine, done in ready.items():
        if said := trouble(done):
            verdict(False, expected, f"{machine} : {said}")
        if done.returncode != 0:
            verdict(
                False, expected, f"{machine} : {last_line(done.stderr + done.stdout, 'rien')[:90]}"
            )
    run("ip", "address", "add", f"{STRANGER}/32", "dev", "eth0")
    try:
        with ThreadPoolExecutor(len(GUARDED)) as pool:
            list(pool.map(knock, GUARDED))
        until(lambda: not any(reached(machine, STRANGER) for machine in GUARDED), BAN_S)
        free = [machine for machine in GUARDED if reached(machine, STRANGER)]
        shut = [machine for machine in GUARDED if not reached(machine, MACHINES["sauvegarde"])]
    finally:
        run("ip", "address", "del", f"{STRANGER}/32", "dev", "eth0")
        ask(dict.fromkeys(GUARDED, f"sudo -n fail2ban-client set sshd unbanip {STRANGER}"))
    if free:
        verdict(False, expected, f"après {TRIES} échecs, {' et '.join(free)} répond encore")
    if shut:
        verdict(False, expected, f"{' et '.join(shut)} : SSH est fermé aussi à sauvegarde")
    verdict(True, expected, "fermé à l'intrus, ouvert à sauvegarde")


# rsyslog: words written while nobody listens arrive later.


def logs() -> None:
    """Each machine's words reach its file on sup, even those of a moment when sup was away."""
    expected = (
        "ce que dit chaque machine arrive dans /var/log/distant/<machine>.log, même après coup"
    )
    nonce = secrets.token_hex(6)

    def arrived() -> set[str]:
        # The folder may be root's alone: its names are for root to find. sudo logs its command,
        # which must not be what is found.
        search = f"grep -l {nonce} /var/log/distant/*.log\n".encode()
        done = ask({COLLECTOR: "sudo -n sh -s"}, given=search)[COLLECTOR]
        if said := trouble(done):
            verdict(False, expected, f"{COLLECTOR} : {said}")
        return {Path(line).stem for line in done.stdout.split()}

    def say(machines: Sequence[str]) -> None:
        words = f"logger --tag essai {nonce}"
        run(*words.split())
        ask({machine: words for machine in machines if machine != "sauvegarde"})

    say(SENDERS)
    until(lambda: arrived() >= set(SENDERS), 40.0, 1.0)
    if lacking := sorted(set(SENDERS) - arrived()):
        verdict(False, expected, f"rien n'est arrivé de {', '.join(lacking)}")
    # The collector goes away; what is said then must be kept where it was said.
    nonce = secrets.token_hex(6)
    others = tuple(name for name in SENDERS if name != COLLECTOR)
    ask({COLLECTOR: "sudo -n systemctl stop syslog.socket rsyslog.service"})
    try:
        say(others)
        time.sleep(2)
    finally:
        ask({COLLECTOR: "sudo -n systemctl start syslog.socket rsyslog.service"})
    until(lambda: arrived() >= set(others), ARRIVES_S, 1.0)
    if lost := sorted(set(others) - arrived()):
        verdict(
            False, expected, f"sup absent un instant : perdu de {', '.join(lost)}",
            "TCP (`@@`, ou protocol=\"tcp\"), et une file : `action.resumeRetryCount=\"-1\"`.",
        )  # fmt: skip
    verdict(True, expected, "six machines ; rien de perdu pendant l'absence de sup")


THERE = {"integrite": integrity_there, "sudoers": sudoers_there}
JUDGES = {"integrite": integrity, "sudoers": sudoers, "bannissement": banned, "journaux": logs}
if sys.argv[1] == "sur-place":
    THERE[sys.argv[2]]()
JUDGES[sys.argv[1]]()
