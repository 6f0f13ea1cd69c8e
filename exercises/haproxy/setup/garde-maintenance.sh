#!/bin/bash
# lb1: a maintenance of web2 that nobody ended.
set -euo pipefail

echo 'set server http_back/web2 state maint' | nc -N -U /run/haproxy/admin.sock
