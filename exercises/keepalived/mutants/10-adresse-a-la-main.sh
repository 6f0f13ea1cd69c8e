#!/bin/bash
# The address put by hand, nobody announces anything.
set -euo pipefail

systemctl stop keepalived
ip addr add "192.168.1.$PCAPRA_VIP/24" dev eth0
