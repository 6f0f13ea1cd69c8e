#!/bin/bash
# The passphrase comes from root's .bashrc, which cron does not read.
set -euo pipefail

sed -i '/BORG_PASSCOMMAND/d' /usr/local/sbin/sauvegarde-borg
