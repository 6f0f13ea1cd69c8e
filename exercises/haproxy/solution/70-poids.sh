#!/bin/bash
# lb1: a weight of zero empties as well.
set -euo pipefail

echo 'set server http_back/web1 weight 0%' | nc -N -U /run/haproxy/admin.sock
