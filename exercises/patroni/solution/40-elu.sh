#!/bin/bash
# client: until the majority has chosen another leader than pg1.
set -euo pipefail

fin=$((SECONDS + 180))
until curl -fsS -m 2 -o /dev/null http://192.168.1.32:8008/primary 2> /dev/null ||
    curl -fsS -m 2 -o /dev/null http://192.168.1.33:8008/primary 2> /dev/null; do
    [ "$SECONDS" -lt "$fin" ] || { echo "pg2 et pg3 n'ont élu personne" >&2; exit 1; }
    sleep 1
done
