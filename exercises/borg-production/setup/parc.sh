#!/bin/bash
# srv: past archives of the three hosts that share the repository, and a note of what was there
# for the check of the retention.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'

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

REPO = "ssh://borg@sauvegarde/srv/borg/parc"
NOTE = Path("/var/lib/pcapra/parc.json")
SERIES = {
    "srv": ([*range(1, 9), 14, 21, 28], 3),
    # On the days they share, the latest of the day: a glob that takes both keeps it, not srv's.
    "srv-db": ([1, 2, 3], 4),
    "compta": ([5, 70, 130, 400, 420, 800], 1),
}


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


def planned(end):
    for series, (days, hour) in SERIES.items():
        for day in days:
            moment = (end - datetime.timedelta(days=day)).replace(
                hour=hour, minute=15, second=0, microsecond=0
            )
            yield f"{series}-{moment:%Y-%m-%dT%H:%M:%S}", moment


there = {archive["name"]: archive["time"] for archive in existing()}
own = [time for name, time in there.items() if name.startswith("srv-2")]
END = datetime.datetime.fromisoformat(max(own)) if own else datetime.datetime.now()
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for name, moment in planned(END):
        if name in there:
            continue
        # Unique content: what the trainee prunes must come back as disk space.
        Path("journal.bin").write_bytes(os.urandom(40 << 10))
        # Borg reads a naive timestamp as UTC.
        utc = moment.astimezone(datetime.timezone.utc)
        borg(
            "create", "--lock-wait", "120", "--files-cache", "disabled",
            "--timestamp", f"{utc:%Y-%m-%dT%H:%M:%S}", f"{REPO}::{name}", "journal.bin",
        )  # fmt: skip
    os.chdir("/")
NOTE.parent.mkdir(mode=0o700, exist_ok=True)
NOTE.write_text(json.dumps({a["name"]: a["time"] for a in existing()}))
PY
