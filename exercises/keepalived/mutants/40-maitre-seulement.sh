#!/bin/bash
# Told when the address comes, not when it leaves.
set -euo pipefail

sed -i 's/    notify \//    notify_master \//' /etc/keepalived/keepalived.conf
systemctl reload keepalived
