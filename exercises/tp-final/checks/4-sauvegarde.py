#!/usr/bin/env python3
"""Judge, from sauvegarde, that the backups of web1 and web2 tell the truth about themselves.

Usage: 4-sauvegarde.py

The script sends itself to both and runs there as root: « sur-place ».
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from lab_alerts import metric, until
from lab_fleet import all_green, run_there
from lab_run import run
from lab_verdict import verdict

UNIT = "sauvegarde-site.service"
WEBS = ("web1", "web2")
ALERTS = Path("/var/lib/pcapra/alertes")
BROKEN = Path(f"/run/systemd/system/{UNIT}.d/99-sans-reseau.conf")
LAST, PENDING = "backup_last_success_timestamp_seconds", "backup_alerts_pending"
ABSENT = f"{LAST} manque"
ENDS_S = 300.0
ALERT_S = 45.0
COUNT_S = 75.0
"""Who counts every minute counts too."""


def state() -> str:
    """What the service is doing."""
    return run("systemctl", "show", UNIT, "--property=ActiveState", "--value").stdout.strip()


def backup() -> None:
    """One run, from its beginning to its end, whatever becomes of it."""
    until(lambda: state() not in ("activating", "deactivating"), ENDS_S)
    with suppress(subprocess.TimeoutExpired):
        run("systemctl", "start", UNIT, timeout=ENDS_S)
    until(lambda: state() not in ("activating", "deactivating"), ENDS_S)


def there() -> NoReturn:
    """A failure, then a success, and what is said of each."""
    expected = "un échec ne rajeunit pas la dernière réussite ; une réussite se date"
    before = metric("127.0.0.1", LAST)
    if before is None:
        verdict(False, expected, f"{ABSENT} sur le port 9100")
    BROKEN.parent.mkdir(parents=True, exist_ok=True)
    BROKEN.write_text("[Service]\nPrivateNetwork=yes\n")
    run("systemctl", "daemon-reload")
    try:
        backup()
        failed = metric("127.0.0.1", LAST)
    finally:
        BROKEN.unlink()
        run("systemctl", "daemon-reload")
        run("systemctl", "reset-failed", UNIT)
    began = time.time()
    backup()
    done = metric("127.0.0.1", LAST) or 0.0
    if failed != before:
        verdict(False, expected, f"un échec rajeunit {LAST}")
    if done < began - 2:
        verdict(False, expected, f"une réussite ne change pas {LAST}")
    verdict(True, expected, "réussites datées, et elles seules")


def alerts() -> set[Path]:
    """Those that arrived here."""
    return set(ALERTS.glob("*.alerte"))


def judge() -> NoReturn:
    """Both, and the count of their alerts here; the ones that this made are removed."""
    expected = f"échec : {PENDING} monte, {LAST} non ; réussite : une date"
    known, counted = alerts(), metric("127.0.0.1", PENDING)
    if counted is None:
        verdict(False, expected, f"{PENDING} manque sur sauvegarde, port 9100")
    said = run_there(WEBS, "sur-place", expected=expected, timeout=660)
    failed = sum(not one["observed"].startswith(ABSENT) for one in said.values())
    until(lambda: len(alerts() - known) >= failed, ALERT_S)
    came = len(alerts() - known)
    rose = until(lambda: (metric("127.0.0.1", PENDING) or 0) >= counted + came, COUNT_S)
    for path in alerts() - known:
        path.unlink(missing_ok=True)
    fell = until(lambda: metric("127.0.0.1", PENDING) == len(alerts()), COUNT_S)
    seen = all_green(said, expected)
    if not came:
        verdict(False, expected, "un échec, et aucune alerte n'arrive sur sauvegarde")
    if not rose or not fell:
        verdict(False, expected, f"{PENDING} ne suit pas les fichiers de {ALERTS}")
    verdict(True, expected, seen)


os.umask(0o022)
there() if sys.argv[1:] == ["sur-place"] else judge()
