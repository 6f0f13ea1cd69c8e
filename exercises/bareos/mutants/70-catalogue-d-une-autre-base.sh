#!/bin/bash
# The other script wants the base's name: given the catalogue's, it exports an empty one.
set -euo pipefail

sed -i "s|Run Before Job = .*|Run Before Job = \"/bin/sh -c 'cd /tmp; sqlite3 Catalogue.db .dump > /var/lib/bacula/bacula.sql'\"|" \
    /etc/bacula/bacula-dir.d/catalogue.conf
bconsole <<'CONSOLE'
reload
run job=BackupCatalog yes
wait
CONSOLE
