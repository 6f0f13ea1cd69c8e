#!/bin/bash
# sauvegarde: one segment too many was removed by hand; archives are listed all the same.
set -euo pipefail

rm "$(find /srv/borg/srv/data -type f -size +60k -printf '%f %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)"
rm -f /srv/borg/srv/index.* /srv/borg/srv/hints.* /srv/borg/srv/integrity.*
