#!/bin/bash
# No look at the mount: the day the disk is away, srv's own disk fills up.
set -euo pipefail

sed -i '/mountpoint/d' /usr/local/sbin/sauvegarde-locale
