#!/bin/bash
# The course's script: the passphrase in the text, in a file that all may read.
set -euo pipefail

phrase=$(< /root/.borg-pass)
sed -i "s|^export BORG_PASSCOMMAND=.*|export BORG_PASSPHRASE='$phrase'|" \
    /usr/local/sbin/sauvegarde-borg
chmod 0755 /usr/local/sbin/sauvegarde-borg
