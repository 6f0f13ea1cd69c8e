#!/bin/bash
# sup: the alert that tells of it, then the note.
set -euo pipefail

debut=$(($(cat /var/lib/pcapra/tp-web) + 1))
until tail -n "+$debut" /var/log/alertes.jsonl | grep '"firing".*"ServeurWebRetire"' | grep -q web1; do
    [ "$SECONDS" -lt 180 ]
    sleep 1
done
printf 'perdu=web1\nalerte=ServeurWebRetire\n' > /srv/suivi/web
