#!/bin/bash
# lb1: a script is declared, and no instance follows it.
set -euo pipefail

sed -i '/track_script/,/    }/d' /etc/keepalived/keepalived.conf
systemctl reload keepalived
