#!/bin/bash
# lb2 is a virtual router of its own: two machines hold the address. And the next boot forgets it.
set -euo pipefail

sed -i 's/virtual_router_id .*/virtual_router_id 199/' /etc/keepalived/keepalived.conf
systemctl restart keepalived
systemctl disable -q keepalived
for _ in $(seq 300); do
    if ip -4 addr show eth0 | grep -q '192.168.1.100/'; then exit 0; fi
    sleep 0.2
done
exit 1
