#!/bin/bash
# serveur1 did not give the address up.
set -euo pipefail

ip addr add 192.168.1.101/24 dev eth0
