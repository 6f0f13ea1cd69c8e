#!/bin/bash
# srv: where the first Borg lesson ends. Borg is there, root's key opens the account borg of the
# backup machine without any restriction, the passphrase is in its file; and a site to back up.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends borgbackup

install -d -m 0700 /root/.ssh
if [ ! -e /root/.ssh/id_ed25519 ]; then
    ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
fi
askpass=$(mktemp)
trap 'rm -f "$askpass"' EXIT
printf '#!/bin/sh\nprintf "%%s\\n" "$PCAPRA_PHRASE"\n' > "$askpass"
chmod 0700 "$askpass"
SSH_ASKPASS=$askpass SSH_ASKPASS_REQUIRE=force HOME=/root \
    ssh-copy-id -i /root/.ssh/id_ed25519.pub -o StrictHostKeyChecking=accept-new borg@sauvegarde

(umask 077; printf '%s\n' "$PCAPRA_PHRASE" > /root/.borg-pass)
line="export BORG_PASSCOMMAND='cat /root/.borg-pass'"
grep -qxF "$line" /root/.bashrc || echo "$line" >> /root/.bashrc

python3 - <<'PY'
import os
import random
import shutil
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
site = Path("/srv/www") / client
files = {
    "index.html": f"<h1>{client}</h1>\n".encode(),
    "contrat.txt": os.environ["PCAPRA_CANARY"].encode(),
    "photos/catalogue.raw": random.Random(client).randbytes(1 << 20),
    # What a program marks as a cache that it can make again, see https://bford.info/cachedir/
    "vignettes/CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55\n",
    "vignettes/0.png": random.Random(0).randbytes(64 << 10),
}
shutil.rmtree(site, ignore_errors=True)
for name, content in files.items():
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
PY
