#!/bin/bash
# sauvegarde: what `borg init --encryption=repokey` leaves, a key in the repository.
set -euo pipefail

sed -i '/^key/d' /srv/borg/srv/config
printf 'key = hqlhbGdvcml0aG2mc2hhMjU2\n' >> /srv/borg/srv/config
