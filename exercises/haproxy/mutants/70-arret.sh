#!/bin/bash
# Maintenance at once: sessions are cut off.
set -euo pipefail

echo 'set server http_back/web1 state maint' | nc -N -U /run/haproxy/admin.sock
