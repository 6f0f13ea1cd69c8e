#!/bin/bash
# All is repaired on the server, and srv's Borg still remembers the future.
set -euo pipefail

id=$(sed -n '1s/^BORG_KEY //p' /root/cle-parc.txt)
printf %s "$(date -u -d tomorrow +%Y-%m-%dT%H:%M:%S.000000)" \
    > "/root/.config/borg/security/$id/manifest-timestamp"
