#!/bin/bash
# sauvegarde: a clean-up by root, in all the repositories: the neighbour paid for it, and srv's
# account can no longer write.
set -euo pipefail

rm "$(find /srv/borg/compta/data -type f -size +60k | head -n 1)"
chown -R root:root /srv/borg/srv
chmod -R a+rX /srv/borg/srv
