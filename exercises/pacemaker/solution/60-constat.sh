#!/bin/bash
# client: once the service is back, who serves, who was lost, and how many votes are left.
set -euo pipefail

timeout 180 sh -c 'until curl -fsS -m 2 -o /dev/null http://service.lan/derniere.txt; do sleep 0.5; done'
tenant=$(curl -fsS -m 5 -o /dev/null -D - http://service.lan/ | tr -d '\r' | sed -n 's/^x-noeud: //ip')
if [ "$tenant" = serveur1 ]; then perdu=serveur2; else perdu=serveur1; fi
printf 'perdu=%s\ntenant=%s\nvoix=2\n' "$perdu" "$tenant" > /srv/suivi/constat
