#!/bin/bash
# serveur2: the first copy, a file system and a page on it, then nobody uses it.
set -euo pipefail

timeout 60 sh -c 'until grep -q "cs:Connected\|cs:Sync" /proc/drbd; do sleep 0.3; done'
drbdadm primary --force data
mkfs.ext4 -q -F /dev/drbd0
mount /dev/drbd0 /mnt
mkdir -p /mnt/www
echo "<h1>$PCAPRA_CLIENT</h1><p>Disque répliqué : $PCAPRA_DISQUE</p>" > /mnt/www/index.html
umount /mnt
timeout 240 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
# udev may look at the disk that was just closed: it is held for a moment.
timeout 30 sh -c 'until drbdadm secondary data; do sleep 1; done'
