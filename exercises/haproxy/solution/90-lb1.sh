#!/bin/bash
# lb1: no server is left in maintenance.
set -euo pipefail

for server in web1 web2; do
    echo "set server http_back/$server state ready" | nc -N -U /run/haproxy/admin.sock
done
