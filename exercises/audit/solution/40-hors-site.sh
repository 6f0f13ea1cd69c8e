#!/bin/bash
set -euo pipefail

sed -i 's/^    HostName .*/    HostName sauvegarde/' /root/.ssh/config
sed -i 's|/var/backups/donnees/|/media/usb/donnees/|' /usr/local/sbin/copie-hors-site
sed -i 's|^rsync|mountpoint -q /media/usb\nrsync|' /usr/local/sbin/copie-hors-site
/usr/local/sbin/copie-hors-site
