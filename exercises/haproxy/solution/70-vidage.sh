#!/bin/bash
# lb1: web1 keeps its sessions and gets no new one.
set -euo pipefail

echo 'set server http_back/web1 state drain' | nc -N -U /run/haproxy/admin.sock
