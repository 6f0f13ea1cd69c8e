#!/bin/bash
# Blocks as large as the disk: one byte changed, and all of it goes again.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
D=ssh://borg@sauvegarde/srv/borg/srv

borg delete --glob-archives '*' "$D"
for n in 1 2; do
    borg create --chunker-params fixed,4194304 "$D::{hostname}-{now}-$n" /srv/vm
done
borg info --json "$D" | python3 -c '
import json, sys
s = json.load(sys.stdin)["cache"]["stats"]
print(round(s["total_size"] / s["unique_size"], 2))' > /root/facteur-deduplication.txt
