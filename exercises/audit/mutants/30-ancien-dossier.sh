#!/bin/bash
# The disk is there; the job still writes next to the data.
set -euo pipefail

sed -i 's|^DEST=.*|DEST=/var/backups/donnees|' /usr/local/sbin/sauvegarde-locale
