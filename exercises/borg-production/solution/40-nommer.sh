#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'

for archive in $(borg list --short --glob-archives 'srv-db-*' --last 3); do
    if ! borg extract --dry-run "::$archive" 2> /tmp/lecture; then
        printf '%s\n%s\n' "$archive" var/backups/releves.bin > /root/archive-abimee
    fi
done
