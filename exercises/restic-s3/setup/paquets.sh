#!/bin/bash
# Both machines: restic, which another lesson has installed by hand; rclone for the administrator.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

paquets=(restic)
if [ "$(< /etc/hostname)" = hebergeur ]; then
    paquets+=(rclone)
fi
apt-get update
apt-get install --yes --no-install-recommends "${paquets[@]}"
