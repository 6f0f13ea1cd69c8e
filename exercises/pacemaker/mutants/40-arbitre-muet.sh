#!/bin/bash
# serveur2 no longer asks the arbiter.
set -euo pipefail

systemctl stop corosync-qdevice
timeout 60 sh -c 'while corosync-quorumtool -s | grep -q "^Total votes: *3"; do sleep 0.5; done'
