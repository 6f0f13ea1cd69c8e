#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

mkdir -p /mnt/sauvegarde
borg mount /sauvegarde/depot /mnt/sauvegarde
