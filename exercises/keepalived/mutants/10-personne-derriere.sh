#!/bin/bash
# The address is held, announced, and nothing listens behind it.
set -euo pipefail

systemctl stop haproxy
