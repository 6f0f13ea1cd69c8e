#!/bin/bash
# The site served from a copy on the system's disk: the next order will be on one machine.
set -euo pipefail

systemctl stop nginx
cp -a /srv/site /root/copie
umount /srv/site
cp -a /root/copie/. /srv/site/
systemctl start nginx
