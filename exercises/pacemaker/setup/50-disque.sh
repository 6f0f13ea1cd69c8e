#!/bin/bash
# serveur1, serveur2: the replicated disk, as the previous lesson leaves it.
set -euo pipefail

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
modprobe drbd
if ! grep -q '^ *0: cs:[^U]' /proc/drbd && ! drbdadm dump-md data > /dev/null 2>&1; then
    drbdadm create-md data
fi
systemctl enable -q --now drbd@data.target
