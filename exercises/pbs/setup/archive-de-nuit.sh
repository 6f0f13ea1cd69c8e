#!/bin/bash
# srv: a second night, then the backup that its nightly job would have made, with the trainee's
# own chunks. The archive's name is noted for the checks.
set -euo pipefail

note=/var/lib/pcapra/abimee.json
if [ -s "$note" ]; then
    exit
fi
export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/srv'

python3 - <<'PY'
import json
import os
import random
import subprocess
from pathlib import Path


def borg(*args):
    run = subprocess.run(["borg", *args], check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout


client = os.environ["PCAPRA_CLIENT"]
with (Path("/srv/vm") / client / "disque.raw").open("r+b") as disk:
    disk.seek(1920 << 10)
    disk.write(random.Random(f"{client}-nuit2").randbytes(64 << 10))
last = json.loads(borg("info", "--lock-wait", "120", "--json", "--last", "1"))["archives"][0]
params = ",".join(str(value) for value in last["chunker_params"])
borg(
    "create", "--lock-wait", "120", "--chunker-params", params,
    "::{hostname}-{now}-nuit", "/srv/vm",
)  # fmt: skip
archives = json.loads(borg("list", "--lock-wait", "120", "--json"))["archives"]
note = {"abimee": archives[-1]["name"], "avant": [archive["name"] for archive in archives]}
path = Path("/var/lib/pcapra/abimee.json")
path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
path.write_text(json.dumps(note))
PY
