#!/bin/bash
# The course's weight: two points never make up for eleven.
set -euo pipefail

sed -i 's/weight -20/weight 2/' /etc/keepalived/keepalived.conf
systemctl restart keepalived
until ip -4 addr show eth0 | grep -q "192.168.1.$PCAPRA_VIP/"; do sleep 0.2; done
