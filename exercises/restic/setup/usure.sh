#!/bin/bash
# srv: new photos, backed up, then one byte of their pack altered on the disk. Sizes and names are
# as they were: only reading everything shows it.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

python3 - <<'PY'
import json
import os
import random
import subprocess
from pathlib import Path

STATE = Path("/var/lib/pcapra")
BEFORE, NOTE = STATE / "usure-avant.json", STATE / "usure.json"
DATA = Path(os.environ["RESTIC_REPOSITORY"]) / "data"
PLACE = 100 << 10
client = os.environ["PCAPRA_CLIENT"]
photos = Path("/srv") / client / "photos" / "automne.raw"


def packs():
    return {path.name: path for path in DATA.rglob("*") if path.is_file()}


def snapshots():
    run = subprocess.run(
        ["restic", "snapshots", "--no-lock", "--json"], check=True, capture_output=True
    )
    return [one["id"] for one in json.loads(run.stdout) or []]


# Each stage is noted before the next: run again after a failure, it goes on from there.
STATE.mkdir(mode=0o700, exist_ok=True)
if not BEFORE.is_file():
    BEFORE.write_text(json.dumps(sorted(packs())))
if not NOTE.is_file():
    photos.parent.mkdir(parents=True, exist_ok=True)
    photos.write_bytes(random.Random(f"{client} automne").randbytes(512 << 10))
    subprocess.run(["restic", "backup", "--quiet", "--tag", "photos", str(photos)], check=True)
    # Trees go into a pack of their own: the largest new one holds the photos, and nothing else.
    new = packs().keys() - set(json.loads(BEFORE.read_text()))
    pack = max((packs()[name] for name in new), key=lambda path: path.stat().st_size)
    byte = pack.read_bytes()[PLACE]
    NOTE.write_text(json.dumps({"pack": pack.name, "byte": byte, "snapshots": snapshots()}))
note = json.loads(NOTE.read_text())
pack = packs().get(note["pack"])
if pack is not None:
    with pack.open("r+b") as stream:
        stream.seek(PLACE)
        stream.write(bytes([note["byte"] ^ 0xFF]))
PY
