#!/bin/bash
# serveur1: the two nodes, started, now and at the next boot.
set -euo pipefail

pcs --request-timeout=180 host auth serveur1 serveur2 -u hacluster -p "$PCAPRA_MDP"
pcs cluster setup moncluster serveur1 serveur2 totem token=5000 --start --enable --wait=180
timeout 120 sh -c 'until crm_mon -1 | grep -q "Online: \[ serveur1 serveur2 \]"; do sleep 1; done'
