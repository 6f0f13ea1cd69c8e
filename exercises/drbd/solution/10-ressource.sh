#!/bin/bash
# serveur1, serveur2: the same file, metadata on each disk, the resource up on both.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends drbd-utils iputils-arping
modprobe drbd
cat > /etc/drbd.d/data.res <<'FIN'
resource data {
    net {
        protocol C;
        ping-timeout 30;
    }

    on serveur1 {
        device    /dev/drbd0;
        disk      /dev/vdb;
        address   192.168.1.10:7789;
        meta-disk internal;
    }

    on serveur2 {
        device    /dev/drbd0;
        disk      /dev/vdb;
        address   192.168.1.11:7789;
        meta-disk internal;
    }
}
FIN
drbdadm create-md data
systemctl enable -q --now drbd@data.target
