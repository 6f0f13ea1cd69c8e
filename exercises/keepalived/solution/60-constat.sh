#!/bin/bash
# client: once the service is back, who holds the address, and who was lost.
set -euo pipefail

tenant=$(curl -fsS -m 2 --retry 60 --retry-delay 1 --retry-all-errors -o /dev/null -D - http://service.lan/ | tr -d '\r' | sed -n 's/^x-repartiteur: //ip')
if [ "$tenant" = lb1 ]; then perdu=lb2; else perdu=lb1; fi
printf 'perdu=%s\ntenant=%s\n' "$perdu" "$tenant" > /srv/suivi/constat
