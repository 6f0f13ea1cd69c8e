#!/bin/bash
# client: once the service is back, who holds the address, and who was lost.
set -euo pipefail

until curl -fsS -m 1 -o /dev/null http://service.lan/; do :; done
tenant=$(curl -fsS -m 5 -o /dev/null -D - http://service.lan/ | tr -d '\r' | sed -n 's/^x-repartiteur: //ip')
if [ "$tenant" = lb1 ]; then perdu=lb2; else perdu=lb1; fi
printf 'perdu=%s\ntenant=%s\n' "$perdu" "$tenant" > /srv/suivi/constat
