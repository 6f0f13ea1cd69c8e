#!/bin/bash
# client: the third vote.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends pcs corosync-qnetd
echo "hacluster:$PCAPRA_MDP" | chpasswd
