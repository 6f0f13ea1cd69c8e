#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'

borg key import "$BORG_REPO" /root/cle-parc.txt
id=$(sed -n '1s/^BORG_KEY //p' /root/cle-parc.txt)
rm -rf "/root/.cache/borg/$id"
rm -f "/root/.config/borg/security/$id/manifest-timestamp"
borg list
