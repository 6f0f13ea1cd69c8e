#!/bin/bash
# lb1: put in maintenance for the repair, and forgotten there.
set -euo pipefail

echo 'set server web/web1 state maint' | nc -N -U /run/haproxy/admin.sock
