#!/bin/bash
# srv: a new file to save, and a client that was given another password: its configuration came
# back from an old copy.
set -euo pipefail

site=/srv/www/$PCAPRA_CLIENT
install -d -m 0755 "$site/factures"
printf 'Facture du jour de %s : %s\n' "$PCAPRA_CLIENT" "$PCAPRA_FACTURE" > "$site/factures/du-jour.txt"

python3 - <<'PY'
import hashlib
import json
import os
import subprocess
from pathlib import Path

conf = "/etc/bacula/bacula-fd.conf"
run = subprocess.run(["bfdjson", "-c", conf], check=True, capture_output=True, text=True)
known = {
    block["Director"]["Password"]
    for block in json.loads(run.stdout)
    if block.get("Director", {}).get("Name") == "sauvegarde-dir"
}
stale = "ancien-" + hashlib.sha256(os.environ["PCAPRA_FACTURE"].encode()).hexdigest()[:24]
# Wherever the trainee wrote it: in the file, or in one that it includes.
for path in Path("/etc/bacula").rglob("*"):
    if path.is_file():
        text = path.read_bytes()
        wrong = text
        for password in known:
            wrong = wrong.replace(password.encode(), stale.encode())
        if wrong != text:
            with path.open("r+b") as stream:  # owner and permissions stay
                stream.write(wrong)
                stream.truncate()
PY
systemctl restart bacula-fd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9102' | grep -q .; do sleep 0.2; done"
