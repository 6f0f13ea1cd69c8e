#!/bin/bash
# Patterns that match nothing: « .tmp » is not « *.tmp », « ~ » between quotes is a plain tilde.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg create --exclude '.tmp' --exclude '~/.cache' \
    '/sauvegarde/depot::{hostname}-{now}-bis' /etc /home /srv/www
