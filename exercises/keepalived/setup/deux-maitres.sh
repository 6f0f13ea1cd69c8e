#!/bin/bash
# lb1, lb2, once each has its firewall: it hears nobody any more, and takes the address.
# A trainee whose pair already speaks unicast may keep one master: then there is nothing to wait for.
set -euo pipefail

SECONDS=0
until ip -4 -o address show dev eth0 | grep -qF " 192.168.1.$PCAPRA_VIP/"; do
    [ "$SECONDS" -lt 15 ] || break
    sleep 0.2
done
