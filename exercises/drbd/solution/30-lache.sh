#!/bin/bash
# serveur1: from the top to the bottom.
set -euo pipefail

systemctl stop nginx
ip addr del 192.168.1.101/24 dev eth0
umount /srv/site
drbdadm secondary data
