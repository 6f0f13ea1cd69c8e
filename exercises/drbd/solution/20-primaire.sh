#!/bin/bash
# serveur1: the first copy, a file system, the site, and the service in front of it.
set -euo pipefail

drbdadm primary --force data
mkfs.ext4 -q /dev/drbd0
mount /dev/drbd0 /srv/site
mkdir /srv/site/www
echo "<h1>$PCAPRA_CLIENT</h1><p>Repère : $PCAPRA_REPERE</p>" > /srv/site/www/index.html
ip addr add 192.168.1.101/24 dev eth0
arping -q -U -c 2 -I eth0 192.168.1.101
systemctl start nginx
timeout 240 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
