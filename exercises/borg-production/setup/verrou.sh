#!/bin/bash
# sauvegarde: srv's key is in place, the password has served.
set -euo pipefail

rm -f /etc/ssh/sshd_config.d/10-compte-borg.conf
sshd -t
systemctl reload ssh
passwd --quiet --lock borg
