#!/bin/bash
# srv: the disk of a virtual machine, the template it was cloned from, and a removable disk that
# is the safe. The same tree is described in checks/donnees.py.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends borgbackup

python3 - <<'PY'
import os
import random
import shutil
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
folder = Path("/srv/vm") / client
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
# Random bytes: only deduplication can shrink them. Seeded, so that the checks know them too.
disk = random.Random(f"{client}-modele").randbytes(4 << 20)
conf = f"name: {client}\nuuid: {os.environ['PCAPRA_MARQUE']}\n".encode()
files = {
    "modele.raw": (0o640, "root", "root", disk),
    "disque.raw": (0o600, "root", "root", disk),
    "vm.conf": (0o640, "root", "www-data", conf),
    "contrat.txt": (0o640, "root", "www-data", os.environ["PCAPRA_CANARY"].encode()),
}
for name, (mode, user, group, content) in files.items():
    path = folder / name
    path.write_bytes(content)
    shutil.chown(path, user, group)
    path.chmod(mode)
folder.chmod(0o750)
PY

disque=/dev/disk/by-id/virtio-coffre
if ! blkid "$disque" > /dev/null; then
    mkfs.ext4 -q -L COFFRE "$disque"
fi
mkdir -p /media/coffre
if ! grep -q /media/coffre /etc/fstab; then
    echo "$disque /media/coffre ext4 noauto,nofail 0 0" >> /etc/fstab
fi
