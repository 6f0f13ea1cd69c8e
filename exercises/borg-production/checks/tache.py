#!/usr/bin/env python3
"""Judge the backup script and its timer by running them: well, with a warning, in failure.

Usage: tache.py execution|caisse|perimetre|echec|attente|calendrier|alerte|cron
"""

import contextlib
import itertools
import json
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lab_borg import environment
from lab_borg_repository import manifest_of, opened
from lab_run import PATH
from lab_verdict import verdict

REPOSITORY = "ssh://borg@sauvegarde/srv/borg/parc"
SCRIPT = Path("/usr/local/sbin/sauvegarde-parc")
UNIT = "sauvegarde-parc"
METRIC = Path("/var/lib/sauvegarde/parc.prom")
METRIC_NAME = "sauvegarde_dernier_succes_secondes"
NOTE = Path("/var/lib/pcapra/execution.json")
SAVED = Path("/var/lib/pcapra/caisse-sauvee.db")
"""What the archive that was made to look at holds of the till."""
TILL = Path("/var/lib/caisse/caisse.db")
DUMP = "var/backups/caisse.db"
SITE = f"srv/www/{os.environ['PCAPRA_CLIENT']}"
POOR = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "SHELL": "/bin/sh"}
PATIENCE = 15
"""Seconds to wait for the SSH server."""


def call(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a command without a terminal."""
    return subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        start_new_session=True,
    )


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest archive of srv: its name, its paths, and the till's dump in it."""

    name: str = ""
    paths: frozenset[str] = frozenset()
    dump: bytes = b""


def newest(expected: str) -> Newest:
    """Read by Borg's own classes, over one connection: starting ``borg`` for the list, the paths
    and the dump would cost half a minute on an emulated machine."""
    with opened(REPOSITORY, expected, {}, patience=PATIENCE, lock=False) as repository:
        from borg.archive import Archive

        manifest, key = manifest_of(repository)
        infos = manifest.archives.list(sort_by=["ts"])
        names = [one.name for one in infos if re.match(r"srv-\d{4}-", one.name)]
        if not names:
            return Newest()
        archive = Archive(repository, key, manifest, names[-1])
        items = {item.path: item for item in archive.iter_items()}
        chunks = [chunk.id for chunk in items[DUMP].chunks] if DUMP in items else []
        dump = b"".join(archive.pipeline.fetch_many(chunks))
        return Newest(str(names[-1]), frozenset(items), dump)


def last(run: subprocess.CompletedProcess[bytes]) -> str:
    """The last line that a command printed."""
    lines = (run.stderr + run.stdout).decode(errors="replace").strip().splitlines()
    return (lines or ["rien ne s'affiche"])[-1]


def metric() -> float:
    """The date of the last success, as the script told it; 0 when it told none."""
    text = METRIC.read_text(errors="replace") if METRIC.is_file() else ""
    match = re.search(rf"^{METRIC_NAME}(?:\{{.*\}})? ([0-9.e+]+)$", text, re.MULTILINE)
    return float(match[1]) if match else 0.0


def connections() -> set[str]:
    """The processes of SSH clients."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            if path.read_text() == "ssh\n":
                found.add(path.parent.name)
    return found


def run_locked() -> subprocess.CompletedProcess[bytes]:
    """Run the script while another host holds the repository, until it has had to wait for it."""
    with tempfile.TemporaryDirectory() as base:
        taken, freed = Path(base) / "pris", Path(base) / "rendu"
        holding = f"touch {taken}; while [ ! -e {freed} ]; do sleep 0.2; done"
        began = time.monotonic()
        holder = subprocess.Popen(
            ["/usr/bin/env", "borg", "with-lock", REPOSITORY, "sh", "-c", holding],
            env=environment(base, patience=PATIENCE),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while holder.poll() is None and not taken.exists():
            time.sleep(0.1)
        # As long as it took here to reach the lock, and what Borg does besides.
        reached = time.monotonic() - began
        before, output = connections(), Path(base) / "sortie"
        try:
            with output.open("wb") as stream:
                script = subprocess.Popen(
                    [str(SCRIPT)],
                    env=POOR,
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                while script.poll() is None and not connections() - before:
                    time.sleep(0.1)
                # Borg gives up after a second by default, once the other end has answered.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    script.wait(5 + 1.5 * reached)
                freed.touch()
                script.wait()
        finally:
            freed.touch()
            holder.wait()
        return subprocess.CompletedProcess(str(SCRIPT), script.returncode, output.read_bytes(), b"")


@contextlib.contextmanager
def cut_off() -> Iterator[None]:
    """The backup machine refuses every new connection of srv."""
    table = f"pcapra_{secrets.token_hex(4)}"
    rules = f"""table inet {table} {{
        chain sortie {{
            type filter hook output priority 0
            ip daddr 192.168.1.41 tcp dport 22 reject with tcp reset
        }}
    }}
    """
    subprocess.run(["/usr/sbin/nft", "-f", "-"], input=rules.encode(), check=True)
    try:
        yield
    finally:
        subprocess.run(["/usr/sbin/nft", "delete", "table", "inet", table], check=True)


def sale() -> str:
    """A sale that the trainee's dump must hold: the two rows are written in the live base."""
    name = f"temoin-{secrets.token_hex(6)}"
    with contextlib.closing(sqlite3.connect(TILL, timeout=30)) as base, base:
        # By default, this commit would bring minutes of sales into the main file, where a mere copy
        # of it finds them.
        base.execute("PRAGMA wal_autocheckpoint=0")
        base.executemany(
            "INSERT INTO mouvements (vente, compte, centimes) VALUES (?, ?, ?)",
            [(name, "client", -4200), (name, "magasin", 4200)],
        )
    return name


def executed() -> None:
    """In cron's poor environment, the script goes past a warning and notes its success."""
    expected = "un dossier absent : l'archive est faite quand même, et le succès noté"
    if not SCRIPT.is_file() or not os.access(SCRIPT, os.X_OK):
        verdict(False, expected, f"{SCRIPT} n'existe pas ou n'est pas exécutable")
    began, witness = time.time(), Path("/") / SITE / f"temoin-{secrets.token_hex(4)}.bin"
    sold = sale()
    witness.write_bytes(secrets.token_bytes(64))
    try:
        run = call(str(SCRIPT), env=POOR)
    finally:
        witness.unlink()
    ending = f"code {run.returncode}"
    made = newest(expected)
    if str(witness)[1:] not in made.paths:
        verdict(
            False, expected, f"pas d'archive d'un fichier posé à l'instant ({ending}) : {last(run)}"
        )
    if run.returncode > 1:
        verdict(False, expected, f"archive faite, mais {ending} : un avertissement n'est qu'un 1")
    if not began <= metric() <= time.time() + 1:
        verdict(False, expected, f"{METRIC} ne dit pas l'heure de ce succès ({ending})")
    NOTE.parent.mkdir(mode=0o700, exist_ok=True)
    SAVED.write_bytes(made.dump)
    note = {"archive": made.name, "vente": sold, "chemins": sorted(made.paths)}
    NOTE.write_text(json.dumps(note))
    verdict(True, expected, f"{made.name}, {ending}")


def dumped() -> None:
    """The archive made above holds a whole base: the live one's rows, up to its own end."""
    expected = f"{DUMP} de l'archive : une base saine, complète, prise avant l'archive"
    note = json.loads(NOTE.read_text())
    if not SAVED.stat().st_size:
        verdict(False, expected, f"{note['archive']} ne contient pas {DUMP}")
    try:
        with contextlib.closing(sqlite3.connect(SAVED)) as base:
            (health,) = base.execute("PRAGMA integrity_check").fetchone()
            saved = base.execute("SELECT * FROM mouvements ORDER BY id").fetchall()
    except sqlite3.DatabaseError as error:
        verdict(False, expected, f"la base sauvée ne s'ouvre pas : {error}")
    if health != "ok":
        verdict(False, expected, f"la base sauvée est abîmée : {health}")
    if note["vente"] not in {row[1] for row in saved}:
        verdict(False, expected, f"{len(saved)} lignes, sans la vente faite juste avant")
    with contextlib.closing(sqlite3.connect(TILL, timeout=30)) as base:
        query = "SELECT * FROM mouvements WHERE id <= ? ORDER BY id"
        live = base.execute(query, (saved[-1][0],)).fetchall()
    ok = live == saved and sum(row[3] for row in saved) == 0
    verdict(ok, expected, f"{len(saved)} lignes " + ("identiques" if ok else "qui diffèrent"))


def scope() -> None:
    """The archive holds the configuration and the site, and no marked cache."""
    expected = "dans l'archive : /etc et le site, sans le contenu d'un cache marqué"
    paths = set(json.loads(NOTE.read_text())["chemins"])
    wanted = ("etc/hosts", "etc/ssh/sshd_config", f"{SITE}/contrat.txt")
    problems = [f"{path} manque" for path in wanted if path not in paths]
    if f"{SITE}/vignettes/0.png" in paths:
        problems.append("le cache des vignettes y est")
    verdict(not problems, expected, " ; ".join(problems) or f"{len(paths)} éléments")


def patient() -> None:
    """The script waits for its turn when another host holds the repository."""
    expected = "le dépôt d'abord occupé : le script attend, puis sauvegarde"
    began = int(time.time())
    run = run_locked()
    if run.returncode > 1:
        verdict(False, expected, f"code {run.returncode} : {last(run)}")
    if metric() < began:
        verdict(False, expected, f"code {run.returncode}, sans succès noté : {last(run)}")
    verdict(True, expected, f"code {run.returncode}")


def failing() -> None:
    """When the backup machine does not answer, the script says so and notes no success."""
    expected = "sauvegarde injoignable : code 2 ou plus, et aucun succès noté"
    noted = metric()
    with cut_off():
        run = call(str(SCRIPT), env=POOR)
    if run.returncode < 2:
        verdict(False, expected, f"code {run.returncode}, comme si tout allait bien")
    if metric() != noted:
        verdict(False, expected, f"code {run.returncode}, mais un succès est noté")
    verdict(True, expected, f"code {run.returncode}")


def shown(unit: str, *keys: str) -> dict[str, str]:
    """Properties of a unit."""
    run = call("systemctl", "show", unit, *(f"--property={key}" for key in keys))
    lines = run.stdout.decode().splitlines()
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


def planned() -> None:
    """The timer elapses every day, and makes up for a night when the machine was off."""
    expected = f"{UNIT}.timer chaque jour, et rattrapé après un arrêt"
    state = shown(f"{UNIT}.timer", "LoadState", "TimersCalendar", "Persistent")
    specs = re.findall(r"OnCalendar=(.*?) ; ", state.get("TimersCalendar", ""))
    if not specs:
        verdict(False, expected, f"{UNIT}.timer : absent, ou sans OnCalendar")
    moments: list[datetime] = []
    for spec in specs:
        run = call(
            "systemd-analyze", "calendar", "--iterations=30", spec,
            env={"PATH": PATH, "TZ": "UTC", "LC_ALL": "C"},
        )  # fmt: skip
        text = r"(?:Next elapse|Iter\. #\d+): \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
        moments += map(datetime.fromisoformat, re.findall(text, run.stdout.decode()))
    moments.sort()
    gaps = [later - sooner for sooner, later in itertools.pairwise(moments)]
    if not gaps or max(gaps[:28]) > timedelta(hours=25):
        verdict(False, expected, f"« {specs[0]} » n'est pas quotidien")
    ok = state["Persistent"] == "yes"
    verdict(ok, expected, specs[0] + ("" if ok else " : une nuit manquée ne se rattrape pas"))


def alerts(cursor: str) -> int:
    """Lines of the alert in the journal after a cursor.

    Sorted out here: with a match of its own, journalctl(1) 252 takes the first line that matches
    for the cursor's, and leaves it out.
    """
    run = call("journalctl", "--output=json", f"--after-cursor={cursor}")
    found: list[dict[str, Any]] = [json.loads(line) for line in run.stdout.splitlines()]
    return sum(
        entry.get("SYSLOG_IDENTIFIER") == "alerte-sauvegarde" and UNIT in str(entry.get("MESSAGE"))
        for entry in found
    )


def alerted() -> None:
    """A failure of the service raises the alert; what only warns raises none."""
    expected = "l'échec du service, et lui seul, écrit l'alerte dans le journal"
    call("systemctl", "reset-failed", f"{UNIT}.service")
    head = call("journalctl", "--lines=1", "--show-cursor").stdout.decode()
    cursor = head.rpartition("-- cursor: ")[2].strip()
    run = call("systemctl", "start", f"{UNIT}.service")
    if run.returncode != 0:
        verdict(False, expected, "un simple avertissement fait échouer le service")
    if alerts(cursor):
        verdict(False, expected, "une alerte est partie pour une sauvegarde réussie")
    with cut_off():
        run = call("systemctl", "start", f"{UNIT}.service")
    if run.returncode == 0:
        verdict(False, expected, "sauvegarde injoignable, et le service réussit")
    deadline = time.monotonic() + 30
    while not (count := alerts(cursor)) and time.monotonic() < deadline:
        time.sleep(0.5)
    call("systemctl", "reset-failed", f"{UNIT}.service")
    verdict(count > 0, expected, "alerte reçue" if count else "le service échoue sans bruit")


def alone() -> None:
    """No cron table launches the script any more."""
    expected = "cron ne lance plus le script : le minuteur est seul"
    tables = [Path("/etc/crontab"), *sorted(Path("/etc/cron.d").glob("*"))]
    tables += sorted(Path("/var/spool/cron/crontabs").glob("*"))
    for period in ("hourly", "daily", "weekly", "monthly"):
        tables += sorted(Path(f"/etc/cron.{period}").glob("*"))
    for path in tables:
        text = path.read_text(errors="replace") if path.is_file() else ""
        if any(SCRIPT.name in line for line in text.splitlines() if not line.startswith("#")):
            verdict(False, expected, f"{path} le lance encore")
    verdict(True, expected, "aucune entrée")


{
    "execution": executed,
    "caisse": dumped,
    "perimetre": scope,
    "echec": failing,
    "attente": patient,
    "calendrier": planned,
    "alerte": alerted,
    "cron": alone,
}[sys.argv[1]]()
