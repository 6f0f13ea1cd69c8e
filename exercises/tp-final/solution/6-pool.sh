#!/bin/bash
# lb1: two checks that succeed put web1 back.
set -euo pipefail

until [ "$(echo 'show stat' | nc -N -U /run/haproxy/admin.sock | grep -c '^web,web[12],.*,UP,')" -eq 2 ]; do
    [ "$SECONDS" -lt 120 ]
    sleep 0.5
done
