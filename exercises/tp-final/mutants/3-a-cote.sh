#!/bin/bash
# web1: a path misspelt, a mere warning for Borg, so a night that succeeds without the site; and a
# rehearsal that restored what there was.
set -euo pipefail

sed -i 's|/srv/www|/srv/web|' /usr/local/sbin/sauvegarde-site
rm -rf /var/tmp/essai/*
