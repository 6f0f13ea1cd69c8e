#!/bin/bash
# serveur1: the two nodes, started, now and at the next boot.
set -euo pipefail

# pcsd was installed a moment ago: it may not answer yet.
until pcs --request-timeout=180 host auth serveur1 serveur2 -u hacluster -p "$PCAPRA_MDP"; do
    [ "$SECONDS" -lt 240 ]
    sleep 3
done
# Setup has no such option: on a busy machine, what it first asks of pcsd may pass its 60 s, and is
# done by the next time. By force: the first time may have left half a cluster.
until pcs cluster setup moncluster serveur1 serveur2 totem token=5000 --start --enable --wait=180 --force; do
    [ "$SECONDS" -lt 480 ]
done
timeout 120 sh -c 'until crm_mon -1 | grep -q "Online: \[ serveur1 serveur2 \]"; do sleep 1; done'
