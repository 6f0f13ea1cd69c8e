#!/bin/bash
# The other server is emptied.
set -euo pipefail

printf 'set server http_back/%s\n' 'web1 state ready' | nc -N -U /run/haproxy/admin.sock
printf 'set server http_back/%s\n' 'web2 state drain' | nc -N -U /run/haproxy/admin.sock
