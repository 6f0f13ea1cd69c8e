#!/bin/bash
# lb1: two checks that succeed put web1 back, in each section at its own moment.
set -euo pipefail

until echo 'show stat' | nc -N -U /run/haproxy/admin.sock |
    awk -F, '$2 ~ /^web[12]$/ { n++; if ($18 != "UP") bad = 1 } END { exit !n || bad }'; do
    sleep 0.2
done
