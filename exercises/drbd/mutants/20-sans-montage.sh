#!/bin/bash
# The site is there, on the system's disk: nothing is replicated.
set -euo pipefail

systemctl stop nginx
cp -a /srv/site/www /root/www
umount /srv/site
mv /root/www /srv/site/www
systemctl start nginx
