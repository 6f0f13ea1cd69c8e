#!/bin/bash
# sup: the alert that tells of it, then the note.
set -euo pipefail

debut=$(($(cat /var/lib/pcapra/tp-repartiteur) + 1))
until tail -n "+$debut" /var/log/alertes.jsonl | grep '"firing".*"InstanceDown"' | grep -q 'lb1:'; do
    [ "$SECONDS" -lt 180 ]
    sleep 1
done
printf 'perdu=lb1\ntenant=lb2\nalerte=InstanceDown\n' > /srv/suivi/repartiteur
