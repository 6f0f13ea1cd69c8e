#!/bin/bash
# « set -e », as in the course: the warning ends the script before the success is noted.
set -euo pipefail

sed -i 's/^set -u$/set -eu/; s/ || code=\$?$//' /usr/local/sbin/sauvegarde-parc
