#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

borg create --stats --chunker-params fixed,65536 "$D::{hostname}-{now}" /srv/vm
borg info --json "$D" | python3 -c '
import json, sys
s = json.load(sys.stdin)["cache"]["stats"]
print(round(s["total_size"] / s["unique_size"], 2))' > /root/facteur-deduplication.txt
