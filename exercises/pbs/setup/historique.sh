#!/bin/bash
# srv: ten weeks of past archives, and a note of what was there for the check of the retention.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
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

REPO = "ssh://borg@sauvegarde/srv/borg/srv"
NOTE = Path("/var/lib/pcapra/historique.json")
DAYS = [1, 2, 3, 4, 6, 9, 16, 23, 40, 70]


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


present = existing()
names = {archive["name"] for archive in present}
# The history ends the day before the trainee's first archive, however long the pause.
times = [a["time"] for a in present if not a["name"].endswith("T02:15:00")]
end = datetime.datetime.fromisoformat(min(times)) if times else datetime.datetime.now()
for day in DAYS:
    moment = (end - datetime.timedelta(days=day)).replace(hour=2, minute=15, second=0)
    name = f"srv-{moment:%Y-%m-%dT%H:%M:%S}"
    if name in names:
        continue
    with tempfile.TemporaryDirectory() as folder:
        # Unique content: what the trainee prunes must come back as disk space.
        (Path(folder) / "journal.bin").write_bytes(os.urandom(60 << 10))
        os.chdir(folder)
        # Borg reads a naive timestamp as UTC.
        utc = moment.astimezone(datetime.timezone.utc)
        borg(
            "create", "--lock-wait", "120", "--files-cache", "disabled",
            "--timestamp", f"{utc:%Y-%m-%dT%H:%M:%S}", f"{REPO}::{name}", "journal.bin",
        )  # fmt: skip
        os.chdir("/")
NOTE.write_text(json.dumps({a["name"]: a["time"] for a in existing()}))
PY
