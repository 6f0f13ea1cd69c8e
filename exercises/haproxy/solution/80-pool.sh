#!/bin/bash
# lb1: two checks that succeed put web1 back.
set -euo pipefail

until [ "$(echo 'show stat' | nc -N -U /run/haproxy/admin.sock | grep -c '^http_back,web[12],.*,UP,')" -eq 2 ]; do
    sleep 0.2
done
