#!/bin/bash
# srv: in the remote repository, two archives of srv on one past day, of which a daily retention
# keeps the later, and one of another host on that day, which is none of srv's business. The
# archive of the day before takes the place of the oldest one, which borg prune keeps when a rule
# has found fewer archives than it asks for.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/srv'
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'

jour=$(date -d '3 days ago' +%Y-%m-%d)
veille=$(date -d '4 days ago' +%Y-%m-%d)
dossier=$(mktemp -d)
trap 'rm -rf "$dossier"' EXIT
cd "$dossier"

presentes=$(borg list --lock-wait 120 --short)
for archive in "srv-${veille}T04:00:00" "compta-${jour}T00:30:00" \
    "srv-${jour}T01:00:00" "srv-${jour}T02:00:00"; do
    if grep -qxF "$archive" <<< "$presentes"; then
        continue
    fi
    head -c 300K /dev/urandom > journal.bin
    borg create --lock-wait 120 --files-cache disabled \
        --timestamp "$(date -u -d "${archive#*-}" +%Y-%m-%dT%H:%M:%S)" "::$archive" journal.bin
done
