#!/bin/bash
# The disk was full when a pack was written: its end is missing.
set -euo pipefail

paquet=$(find /sauvegarde/restic/data -type f -printf '%s %p\n' | sort -rn | sed -n '1s/^[0-9]* //p')
chmod u+w "$paquet"
truncate -s -100 "$paquet"
