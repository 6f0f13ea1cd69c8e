#!/bin/bash
# The line of « crontab -e » in /etc/cron.d: the command is taken for the user.
set -euo pipefail

sed -i 's/ root / /' /etc/cron.d/sauvegarde-borg
