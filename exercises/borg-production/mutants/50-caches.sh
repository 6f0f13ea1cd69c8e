#!/bin/bash
# The caches are in the backup.
set -euo pipefail

sed -i '/--exclude-caches/d' /usr/local/sbin/sauvegarde-parc
