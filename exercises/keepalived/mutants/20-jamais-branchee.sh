#!/bin/bash
# A script that is declared, and that no instance follows.
set -euo pipefail

sed -i '/track_script/,/    }/d' /etc/keepalived/keepalived.conf
systemctl restart keepalived
