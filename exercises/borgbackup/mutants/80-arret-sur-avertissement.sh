#!/bin/bash
# « set -e » as in the course: the first warning ends the job before the retention.
set -euo pipefail
export HOME=/root BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

sed -i 's/^set -u$/set -eu/; s/borg "\$@" || code=\$?/borg "$@"/' /usr/local/sbin/sauvegarde-borg
jour=$(date -d '3 days ago' +%Y-%m-%d)
cd "$(mktemp -d)"
head -c 300K /dev/urandom > journal.bin
borg create --timestamp "$(date -u -d "${jour}T01:00:00" +%Y-%m-%dT%H:%M:%S)" \
    "ssh://borg@sauvegarde/srv/borg/srv::srv-${jour}T01:00:00" journal.bin
