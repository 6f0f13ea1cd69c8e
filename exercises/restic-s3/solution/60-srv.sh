#!/bin/bash
# srv, from nothing but paper: the passphrase, the host's address and bucket, the key, the name of
# its secret.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD=$PCAPRA_PHRASE
site=/srv/$PCAPRA_CLIENT

systemctl stop 'sauvegarde-s3@*.timer' 'sauvegarde-s3@*.service'
secret=PCAPRA_SECRET_$3
export AWS_ACCESS_KEY_ID=$2 AWS_SECRET_ACCESS_KEY=${!secret}
export RESTIC_REPOSITORY=s3:https://$1-$PCAPRA_CLIENT/srv
restic() { command restic --cacert /usr/local/share/nuage/ca.pem --no-lock "$@"; }

# Newest first, the first one that the attack had not reached.
bon=
for instantane in $(restic snapshots --json --host srv --path "$site" | python3 -c '
import json, sys
for one in sorted(json.load(sys.stdin), key=lambda one: one["time"], reverse=True):
    print(one["id"])'); do
    contenu=$(restic ls "$instantane" "$site")
    if ! grep -qE '\.verrou$|RANCON' <<< "$contenu"; then
        bon=$instantane
        break
    fi
done
test -n "$bon"
mv "$site" "/var/tmp/attaque-$(date +%s)"
restic restore "$bon" --include "$site" --target /
