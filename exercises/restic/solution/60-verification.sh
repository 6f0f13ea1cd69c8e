#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

# The check fails: that is what it is run for.
restic check --read-data > /root/verification.txt 2>&1 || true
paquet=$(grep -oE 'want [0-9a-f]{64}' /root/verification.txt | cut -d ' ' -f 2)
chemin=$(find /sauvegarde/restic/data -name "$paquet")
basename "$chemin" > /root/paquet-abime.txt
mv "$chemin" /root/
restic rebuild-index
restic backup --quiet --force --tag reparation "/srv/$PCAPRA_CLIENT"
restic check --read-data
