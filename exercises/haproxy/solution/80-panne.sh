#!/bin/bash
# web1: the setting that nginx refuses goes, nginx comes back.
set -euo pipefail

rm /etc/nginx/conf.d/tampons.conf
nginx -t -q
systemctl start nginx
