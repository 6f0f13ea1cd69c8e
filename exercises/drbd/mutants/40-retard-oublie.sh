#!/bin/bash
# The delay is still there.
set -euo pipefail

tc qdisc add dev eth0 root netem delay 150ms
