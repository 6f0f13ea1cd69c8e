#!/bin/bash
# sauvegarde: the repository is made again, without encryption: the key in the safe opens nothing.
set -euo pipefail

rm -rf /srv/borg/srv
runuser -u borg -- env HOME=/home/borg borg init --encryption=none /srv/borg/srv
