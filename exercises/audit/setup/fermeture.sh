#!/bin/bash
# sauvegarde: keys are in place, passwords are over.
set -euo pipefail

passwd --quiet --lock borg
passwd --quiet --lock miroir
rm -f /etc/ssh/sshd_config.d/10-arrivee.conf
systemctl reload ssh
