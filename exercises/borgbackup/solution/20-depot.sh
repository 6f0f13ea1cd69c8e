#!/bin/bash
set -euo pipefail

# Never write over the phrase of a repository that exists; the trainee may have done half of it.
if [ ! -s /root/.borg-pass ]; then
    rm -f /root/.borg-pass
    (umask 077; set -C; head -c 24 /dev/urandom | base64 > /root/.borg-pass)
fi
chown root:root /root/.borg-pass
chmod 0600 /root/.borg-pass
line="export BORG_PASSCOMMAND='cat /root/.borg-pass'"
grep -qxF "$line" /root/.bashrc || echo "$line" >> /root/.bashrc
export BORG_PASSCOMMAND='cat /root/.borg-pass'

mkdir -p /sauvegarde
depot=/sauvegarde/depot
if [ -e "$depot" ]; then
    mode=$(borg info --json "$depot" 2>/dev/null |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["encryption"]["mode"])') || mode=none
    if [ "$mode" = none ]; then
        # Not encrypted, or under another phrase: kept aside, nothing is deleted.
        mv "$depot" "$depot.ecarte-$(date +%s)"
    fi
fi
[ -e "$depot" ] || borg init --encryption=repokey "$depot"
rm -f /root/borg-cle.txt
borg key export /sauvegarde/depot /root/borg-cle.txt
