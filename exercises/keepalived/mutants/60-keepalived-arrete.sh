#!/bin/bash
# The survivor gives up the address.
set -euo pipefail

systemctl stop keepalived
