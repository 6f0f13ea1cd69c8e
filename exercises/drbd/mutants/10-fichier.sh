#!/bin/bash
# A file of the system's disk in place of the disk that was given for it.
set -euo pipefail

drbdadm down data
truncate -s 64M /var/tmp/donnees.img
boucle=$(losetup -f --show /var/tmp/donnees.img)
sed -i "s|/dev/vdb|$boucle|" /etc/drbd.d/data.res
drbdadm create-md data
drbdadm up data
timeout 60 sh -c 'until grep -q cs:Connected /proc/drbd; do sleep 0.3; done'
