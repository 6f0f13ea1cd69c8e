#!/bin/bash
set -euo pipefail

# noclobber: never write over the phrase of a repository that exists.
(umask 077; set -C; head -c 24 /dev/urandom | base64 > /root/.borg-pass)
echo "export BORG_PASSCOMMAND='cat /root/.borg-pass'" >> /root/.bashrc
export BORG_PASSCOMMAND='cat /root/.borg-pass'

mkdir -p /sauvegarde
borg init --encryption=repokey /sauvegarde/depot
borg key export /sauvegarde/depot /root/borg-cle.txt
