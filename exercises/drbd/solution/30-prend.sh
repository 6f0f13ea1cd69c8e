#!/bin/bash
# The other node: from the bottom to the top. A dead Primary is believed alive for some ten seconds.
set -euo pipefail

timeout 60 sh -c 'until drbdadm primary data; do sleep 1; done'
mount /dev/drbd0 /srv/site
ip addr add 192.168.1.101/24 dev eth0
arping -q -U -c 2 -I eth0 192.168.1.101
systemctl start nginx
