#!/bin/bash
# lb2: whatever the checks before moved, the address is on lb1 when the evening begins.
set -euo pipefail

if ip -4 addr show eth0 | grep -q "192.168.1.$PCAPRA_VIP/"; then
    systemctl stop keepalived
    until curl -fsS -m 1 -o /dev/null "http://192.168.1.$PCAPRA_VIP/"; do :; done
    systemctl start keepalived
fi
