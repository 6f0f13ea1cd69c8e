#!/bin/bash
# srv: a day of work on the site. What an incremental backup owes us: a changed file, a new one,
# a deleted one, and a renamed folder, whose files keep all their dates.
set -euo pipefail

site=/srv/www/$PCAPRA_CLIENT
grep -qs '^Avenant' "$site/contrat.txt" || printf 'Avenant : voir avenant.txt.\n' >> "$site/contrat.txt"
printf 'Avenant de %s\n' "$PCAPRA_CLIENT" > "$site/avenant.txt"
rm -f "$site/promotion.txt"
if [ -d "$site/photos" ]; then
    mv "$site/photos" "$site/photos-2026"
fi
