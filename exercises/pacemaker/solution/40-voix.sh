#!/bin/bash
# serveur1: the cluster gets its arbiter.
set -euo pipefail

# pcsd was installed a moment ago: it may not answer yet.
until pcs --request-timeout=180 host auth client -u hacluster -p "$PCAPRA_MDP"; do
    [ "$SECONDS" -lt 240 ]
    sleep 3
done
pcs --request-timeout=180 quorum device add model net host=client algorithm=ffsplit
timeout 120 sh -c 'until corosync-quorumtool -s | grep -q "^Total votes: *3"; do sleep 1; done'
