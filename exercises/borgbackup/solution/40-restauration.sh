#!/bin/bash
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

archive=$(borg list --last 1 --short /sauvegarde/depot)
cd /
borg extract "/sauvegarde/depot::$archive" srv/www
