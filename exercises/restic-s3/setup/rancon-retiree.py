#!/usr/bin/env python3
"""srv: the drill is given up. The site comes back in the clear; what was deleted does not."""

import hashlib
import os
import shutil

from lab_shop import SITE

ENDING = ".verrou"

for locked in sorted(SITE.rglob(f"*{ENDING}")):
    path = locked.with_name(locked.name.removesuffix(ENDING))
    if not path.exists():
        content = locked.read_bytes()
        stream = hashlib.shake_256(f"{os.environ['PCAPRA_PHRASE']} {path}".encode())
        number = int.from_bytes(content, "big") ^ int.from_bytes(stream.digest(len(content)), "big")
        path.write_bytes(number.to_bytes(len(content), "big"))
        status = locked.stat()
        os.chown(path, status.st_uid, status.st_gid)
        shutil.copystat(locked, path)
    locked.unlink()
(SITE / "LISEZ-MOI-RANCON.txt").unlink(missing_ok=True)
