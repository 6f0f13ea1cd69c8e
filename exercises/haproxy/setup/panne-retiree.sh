#!/bin/bash
# web1, web2: the drill is given up, the setting goes.
set -euo pipefail

rm -f /etc/nginx/conf.d/tampons.conf
systemctl reset-failed nginx || true
systemctl restart nginx
