#!/bin/bash
# srv: nine months of past archives in the trainee's repository, for this host and for another
# one that shares it, and a note of what was there for the check of the retention.
set -euo pipefail

# A mounted archive keeps a lock on the repository.
mapfile -t montages < <(findmnt --noheadings --raw --source borgfs --output TARGET)
for montage in "${montages[@]}"; do
    umount "$montage"
done

export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_DISPLAY_PASSPHRASE=no

python3 - <<'PY'
import contextlib
import datetime
import io
import json
import os
import tempfile
from pathlib import Path

# Borg's entry point is called in this process: starting the interpreter once per archive
# would cost minutes on an emulated machine.
from borg.archiver import Archiver

REPO = "/sauvegarde/depot"
NOTE = Path("/var/lib/pcapra/historique.json")
SRV_DAYS = [*range(1, 11), 14, 21, 28, 35, 42, 60, 90, 120, 150, 180, 210, 240, 270]
COMPTA_DAYS = [1, 2, 3, 15, 45, 100]


def borg(*args):
    archiver = Archiver()
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(output):
        status = archiver.run(archiver.get_args(["borg", *args], None))
    if status != 0:
        raise SystemExit(f"borg {' '.join(args)} : code {status}")
    output.flush()
    return output.buffer.getvalue().decode()


def existing():
    return json.loads(borg("list", "--lock-wait", "120", "--json", REPO))["archives"]


def origin():
    """The trainee's latest archive: the history ends the day before it, however long the pause."""
    latest = [a["time"] for a in existing() if a["name"].startswith("srv-")]
    return datetime.datetime.fromisoformat(max(latest)) if latest else datetime.datetime.now()


def plant(series, days, hour):
    planned = {}
    for day in days:
        moment = (END - datetime.timedelta(days=day)).replace(
            hour=hour, minute=15, second=0, microsecond=0
        )
        planned[f"{series}-{moment:%Y-%m-%dT%H:%M:%S}"] = moment
    for name in sorted(planned.keys() - {a["name"] for a in existing()}):
        with tempfile.TemporaryDirectory() as folder:
            journal = Path(folder) / "journal.bin"
            # Unique content: what the trainee prunes must come back as disk space.
            journal.write_bytes(os.urandom(100 << 10))
            os.chdir(folder)
            # Borg reads a naive timestamp as UTC.
            moment = planned[name].astimezone(datetime.timezone.utc)
            borg(
                "create", "--lock-wait", "120", "--files-cache", "disabled",
                "--timestamp", f"{moment:%Y-%m-%dT%H:%M:%S}",
                f"{REPO}::{name}", "journal.bin",
            )  # fmt: skip
            os.chdir("/")


END = origin()
# On the days they share, compta's archive is the earlier: a retention over both drops it.
plant("compta", COMPTA_DAYS, 1)
plant("srv", SRV_DAYS, 2)
NOTE.parent.mkdir(mode=0o700, exist_ok=True)
NOTE.write_text(json.dumps({a["name"]: a["time"] for a in existing()}))
PY
