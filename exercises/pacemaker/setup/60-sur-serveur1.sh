#!/bin/bash
# serveur2: whatever the checks before moved, serveur1 serves when the day begins.
set -euo pipefail

if mountpoint -q /srv/site; then
    crm_standby -N serveur2 -v on
    timeout 240 sh -c 'until curl -fsS -m 2 -I http://192.168.1.101/ | grep -qi "x-noeud: serveur1"; do sleep 0.5; done' || true
    crm_standby -N serveur2 -D
fi
timeout 240 sh -c 'until curl -fsS -m 2 -I http://192.168.1.101/ | grep -qi "x-noeud: serveur1"; do sleep 0.5; done'
