#!/bin/bash
# sup, for the scenario named: awaits the alert and what it is about, then writes the note.
set -euo pipefail
scenario=$1 alerte=$2 sujet=$3
note=("${@:4}")

debut=$(($(cat "/var/lib/pcapra/tp-$scenario") + 1))
until tail -n "+$debut" /var/log/alertes.jsonl | grep "\"firing\".*\"$alerte\"" | grep -q "$sujet"; do
    [ "$SECONDS" -lt 300 ]
    sleep 1
done
printf '%s\n' "${note[@]}" "alerte=$alerte" > "/srv/suivi/$scenario"
