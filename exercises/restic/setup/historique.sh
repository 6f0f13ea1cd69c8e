#!/bin/bash
# srv: two years of past snapshots in the repository, of this host and of another one that shares
# it, and a note of what was there for the check of the retention.
set -euo pipefail

# A mounted repository is locked.
mapfile -t montages < <(findmnt --noheadings --raw --types fuse --output TARGET)
for montage in "${montages[@]}"; do
    umount "$montage"
done

export HOME=/root LC_ALL=C.UTF-8
export RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

python3 - <<'PY'
import datetime
import json
import os
import subprocess
from pathlib import Path

NOTE = Path("/var/lib/pcapra/historique.json")
JOURNAL = Path("/var/tmp/journal.bin")
PLANTED = [
    *[("srv", day, 2) for day in (760, 400, 40, 9, 3, 2, 1)],
    ("srv", 1, 14),
    ("recette", 1, 1),
    ("recette", 1, 13),
]
"""Host, days ago, hour."""


def snapshots():
    run = subprocess.run(
        ["restic", "snapshots", "--no-lock", "--json"], check=True, capture_output=True
    )
    return json.loads(run.stdout) or []


def origin():
    """The trainee's latest nightly: the history ends the day before, however long the pause."""
    times = [
        datetime.datetime.fromisoformat(one["time"][:19])
        for one in snapshots()
        if one["hostname"] == "srv" and "nuit" in one.get("tags", [])
    ]
    return max(times, default=datetime.datetime.now())


end = origin()
present = {(one["hostname"], one["time"][:19]) for one in snapshots()}
for host, day, hour in PLANTED:
    moment = (end - datetime.timedelta(days=day)).replace(hour=hour, minute=15, second=0)
    if (host, f"{moment:%Y-%m-%dT%H:%M:%S}") in present:
        continue
    # Unique content: what the trainee forgets must come back as disk space.
    JOURNAL.write_bytes(os.urandom(200 << 10))
    subprocess.run(
        [
            "restic", "backup", "--quiet", "--host", host, "--tag", "nuit",
            "--time", f"{moment:%Y-%m-%d %H:%M:%S}", str(JOURNAL),
        ],
        check=True,
    )  # fmt: skip
JOURNAL.unlink(missing_ok=True)
NOTE.parent.mkdir(mode=0o700, exist_ok=True)
NOTE.write_text(json.dumps(snapshots()))
PY
