#!/bin/bash
# The last transaction that the log dates before the intrusion.
set -euo pipefail
cd /srv/borg/srv

intrusion=$(cut -d ' ' -f 1 /var/log/alerte-intrusion.log)
dernier=$(awk -v t="$intrusion" '$5 < t { gsub(",", "", $2); n = $2 } END { print n }' transactions)
find data -type f | while read -r segment; do
    if [ "$(basename "$segment")" -gt "$dernier" ]; then
        rm "$segment"
    fi
done
rm -f index.* hints.* integrity.*
