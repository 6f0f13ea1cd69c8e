#!/bin/bash
# The last archive is real and remote, and holds the configuration only.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg create 'ssh://borg@sauvegarde/srv/borg/srv::{hostname}-{now}-etc' /etc
