#!/bin/bash
set -euo pipefail

# Never write over the password of a repository that exists; the trainee may have done half of it.
if [ ! -s /root/.restic-pass ]; then
    rm -f /root/.restic-pass
    (umask 077; set -C; head -c 24 /dev/urandom | base64 > /root/.restic-pass)
fi
chown root:root /root/.restic-pass
chmod 0600 /root/.restic-pass
for line in 'export RESTIC_PASSWORD_FILE=/root/.restic-pass' \
    'export RESTIC_REPOSITORY=/sauvegarde/restic'; do
    grep -qxF "$line" /root/.bashrc || echo "$line" >> /root/.bashrc
done
export RESTIC_PASSWORD_FILE=/root/.restic-pass RESTIC_REPOSITORY=/sauvegarde/restic

mkdir -p /sauvegarde
if [ -e /sauvegarde/restic ] && ! restic cat config > /dev/null 2>&1; then
    # Under another password: kept aside, nothing is deleted.
    mv /sauvegarde/restic "/sauvegarde/restic.ecarte-$(date +%s)"
fi
[ -e /sauvegarde/restic/config ] || restic init
