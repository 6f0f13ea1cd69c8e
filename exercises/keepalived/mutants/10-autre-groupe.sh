#!/bin/bash
# lb2 in a router of its own: two masters.
set -euo pipefail

sed -i 's/virtual_router_id .*/virtual_router_id 199/' /etc/keepalived/keepalived.conf
systemctl restart keepalived
until ip -4 addr show eth0 | grep -q "192.168.1.$PCAPRA_VIP/"; do sleep 0.2; done
