#!/bin/bash
# serveur2 left the cluster.
set -euo pipefail

systemctl stop pacemaker corosync
