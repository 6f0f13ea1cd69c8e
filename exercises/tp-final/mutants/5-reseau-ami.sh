#!/bin/bash
# lb2: the whole network is a friend, and the attack comes from there.
set -euo pipefail

sed -i '/^\[DEFAULT\]/a ignoreip = 127.0.0.1/8 192.168.1.0/24' /etc/fail2ban/jail.local
fail2ban-client reload
