#!/bin/bash
# serveur1, serveur2: the packages, the account, and Debian's example cluster out of the way.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq pacemaker corosync pcs
systemctl enable -q --now pcsd
echo "hacluster:$PCAPRA_MDP" | chpasswd
pcs cluster destroy
