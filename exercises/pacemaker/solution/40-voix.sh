#!/bin/bash
# serveur1: the cluster gets its arbiter.
set -euo pipefail

pcs --request-timeout=180 host auth client -u hacluster -p "$PCAPRA_MDP"
pcs --request-timeout=180 quorum device add model net host=client algorithm=ffsplit
timeout 120 sh -c 'until corosync-quorumtool -s | grep -q "^Total votes: *3"; do sleep 1; done'
