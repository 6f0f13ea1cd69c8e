#!/bin/bash
# lb1: web2 is put back.
set -euo pipefail

echo 'set server http_back/web2 state ready' | nc -N -U /run/haproxy/admin.sock
