#!/bin/bash
# Three lines left out. Patterns without « Exclude = yes » choose options for these files, and
# keep them; incremental backups for ever are a chain that only grows.
set -euo pipefail

sed -i -e '/Exclude = yes/d' -e '/Compression = /d' -e '/Run = Level=Full sun/d' \
    -e 's/Incremental mon-sat/Incremental daily/' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
