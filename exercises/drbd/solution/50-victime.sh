#!/bin/bash
# serveur1: what only this side has is offered to the other one, then this side gives up its writes.
set -euo pipefail

mkdir -p /root/sauve
cp -a /srv/site/commandes/nuit /root/sauve/
umount /srv/site
# udev may look at the disk that was just closed: it is held for a moment.
timeout 30 sh -c 'until drbdadm secondary data; do sleep 1; done'
drbdadm disconnect data || true
drbdadm connect --discard-my-data data
systemctl reset-failed envoi 2> /dev/null || true
systemd-run -q --unit envoi timeout 120 sh -c 'nc -lN 9000 < /root/sauve/nuit'
