#!/bin/bash
# « nopreempt » on a machine declared master: it is ignored.
set -euo pipefail

sed -i 's/state BACKUP/state MASTER/' /etc/keepalived/keepalived.conf
systemctl restart keepalived
