#!/bin/bash
# srv: three weeks of backups by those jobs. A typing error, eleven days ago, emptied Borg's.
set -euo pipefail
umask 022

export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
export BORG_DISPLAY_PASSPHRASE=no

if [ ! -s /root/.borg-pass ]; then
    (umask 077; head -c 24 /dev/urandom | base64 > /root/.borg-pass)
fi
mkdir -p /var/backups/donnees
rm -f /var/backups/donnees/*
for jour in 5 4 3 2 1; do
    date=$(date -d "$jour days ago" +%F)
    archive=/var/backups/donnees/donnees-$date-010004.tgz
    tar -czf "$archive" -C / srv/donnees
    touch -d "$date 01:00:09" "$archive"
done
rsync -a --delete /var/backups/donnees/ agence:/srv/miroir/

python3 - <<'PY'
import contextlib
import datetime
import io
import json
import os
import subprocess
from pathlib import Path

# Borg's entry point is called in this process: starting the interpreter once per archive
# would cost minutes on an emulated machine.
from borg.archiver import Archiver

REPO = "ssh://borg@sauvegarde/srv/borg/srv"
NOTE = Path("/var/lib/pcapra/heritage.json")
SOUND = [20, 16, 13, 12]
EMPTY = [10, 8, 5, 3, 2, 1]


def borg(*args, allowed=0):
    archiver = Archiver()
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(output):
        status = archiver.run(archiver.get_args(["borg", *args], None))
    if status > allowed:
        raise SystemExit(f"borg {' '.join(args)} : code {status}")


# Run again after a failure, it begins anew.
subprocess.run(
    ["ssh", "-o", "BatchMode=yes", "borg@sauvegarde", "rm -rf /srv/borg/srv"], check=True
)
borg("init", "--encryption=repokey-blake2", REPO)
os.chdir("/")
names = {"bonnes": [], "vides": []}
for days, kind, source in ((SOUND, "bonnes", "/srv/donnees"), (EMPTY, "vides", "/srv/donees")):
    for day in days:
        moment = datetime.datetime.now() - datetime.timedelta(days=day)
        moment = moment.replace(hour=2, minute=0, second=7, microsecond=0)
        name = f"srv-{moment:%Y-%m-%dT%H:%M:%S}"
        # Borg reads a naive timestamp as UTC, and answers 1 for a path that does not exist.
        utc = moment.astimezone(datetime.timezone.utc)
        borg(
            "create", "--files-cache", "disabled", "--timestamp", f"{utc:%Y-%m-%dT%H:%M:%S}",
            f"{REPO}::{name}", source, allowed=1,
        )  # fmt: skip
        names[kind].append(name)
NOTE.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
NOTE.write_text(json.dumps(names))
PY
