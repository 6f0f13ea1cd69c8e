#!/bin/bash
# Everything runs, behind an address that nobody holds.
set -euo pipefail

ip addr del 192.168.1.101/24 dev eth0
