#!/bin/bash
# srv: a day of work. About 1 % of the data change: a few bytes at the head of a large file, a text
# that grows, a new file, one renamed.
set -euo pipefail

python3 - <<'PY'
import hashlib
import json
import os
import random
import time
from pathlib import Path

root = Path("/srv/donnees")
note = Path("/var/lib/pcapra/donnees.json")
states = json.loads(note.read_text())
if "apres" in states:
    raise SystemExit
renamed = root / "textes" / "renommé.txt"
if not renamed.exists():
    draw = random.Random(os.environ["PCAPRA_CLIENT"] + " changement")
    photo = root / "photos" / "7.raw"
    photo.write_bytes(b"retouche" + photo.read_bytes()[-(2 << 20) :])
    contract = root / "contrat.txt"
    contract.write_bytes(os.environ["PCAPRA_CANARY"].encode() + b"avenant\n")
    (root / "textes" / "nouveau.bin").write_bytes(draw.randbytes(400 << 10))
    (root / "textes" / "3.txt").rename(renamed)
states["apres"] = {
    str(path): [path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()]
    for path in sorted(root.rglob("*"))
    if path.is_file()
}
states["change"] = time.time()
note.write_text(json.dumps(states))
PY
