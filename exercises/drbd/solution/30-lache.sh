#!/bin/bash
# serveur1: from the top to the bottom.
set -euo pipefail

timeout 90 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
systemctl stop nginx
ip addr del 192.168.1.101/24 dev eth0
umount /srv/site
# udev may look at the disk that was just closed: it is held for a moment.
timeout 30 sh -c 'until drbdadm secondary data; do sleep 1; done'
