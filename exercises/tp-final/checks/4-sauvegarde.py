#!/usr/bin/env python3
"""Judge, from sauvegarde, that the backups of web1 and web2 tell the truth about themselves.

Usage: 4-sauvegarde.py

The script sends itself to both and runs there as root: « sur-place ».
"""

import os
import sys
import time
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
LAST, RESULT = "backup_last_success_timestamp_seconds", "backup_last_run_success"
ABSENT = f"{LAST} ou {RESULT} manque"
ENDS_S = 180.0
ALERT_S = 30.0


def state() -> str:
    """What the service is doing."""
    return run("systemctl", "show", UNIT, "--property=ActiveState", "--value").stdout.strip()


def backup() -> None:
    """One run, from its beginning to its end, whatever becomes of it."""
    until(lambda: state() not in ("activating", "deactivating"), ENDS_S)
    run("systemctl", "start", UNIT, timeout=ENDS_S)
    until(lambda: state() not in ("activating", "deactivating"), ENDS_S)


def there() -> NoReturn:
    """A failure, then a success, and what is said of each."""
    expected = "un échec se voit, sans rajeunir la dernière réussite ; une réussite se date"
    before = metric("127.0.0.1", LAST)
    if before is None or metric("127.0.0.1", RESULT) is None:
        verdict(False, expected, f"{ABSENT} sur le port 9100")
    BROKEN.parent.mkdir(parents=True, exist_ok=True)
    BROKEN.write_text("[Service]\nPrivateNetwork=yes\n")
    run("systemctl", "daemon-reload")
    try:
        backup()
        failed = metric("127.0.0.1", RESULT), metric("127.0.0.1", LAST)
    finally:
        BROKEN.unlink()
        run("systemctl", "daemon-reload")
        run("systemctl", "reset-failed", UNIT)
    began = time.time()
    backup()
    done = metric("127.0.0.1", RESULT), metric("127.0.0.1", LAST) or 0.0
    if failed[0] != 0:
        verdict(False, expected, f"après un échec, {RESULT} vaut {failed[0]:g}")
    if failed[1] != before:
        verdict(False, expected, f"un échec change {LAST}")
    if done[0] != 1 or done[1] < began - 2:
        verdict(False, expected, f"après une réussite, {RESULT} vaut {done[0]:g}, ou la date est vieille")
    verdict(True, expected, "échec vu, réussite datée")


def alerts() -> set[Path]:
    """Those that arrived here."""
    return set(ALERTS.glob("*.alerte"))


def judge() -> NoReturn:
    """Both; the alerts that this made are removed."""
    expected = "sur web1 et web2 : un échec se voit, une réussite se date"
    known = alerts()
    said = run_there(WEBS, "sur-place", expected=expected)
    failed = sum(not one["observed"].startswith(ABSENT) for one in said.values())
    until(lambda: len(alerts() - known) >= failed, ALERT_S)
    for path in alerts() - known:
        path.unlink(missing_ok=True)
    verdict(True, expected, all_green(said, expected))


os.umask(0o022)
there() if sys.argv[1:] == ["sur-place"] else judge()
