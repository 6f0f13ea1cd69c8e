#!/bin/bash
# serveur1, serveur2: what asks the arbiter.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get install --yes -qq --no-install-recommends corosync-qdevice
