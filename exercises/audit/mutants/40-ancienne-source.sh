#!/bin/bash
# The right site, from the folder where nothing new comes any more.
set -euo pipefail

sed -i 's|/media/usb/donnees/|/var/backups/donnees/|' /usr/local/sbin/copie-hors-site
