#!/bin/bash
# The weeks and months forgotten: the history is a week deep.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg prune --glob-archives '{hostname}-*' --keep-daily=7 /sauvegarde/depot
borg compact /sauvegarde/depot
