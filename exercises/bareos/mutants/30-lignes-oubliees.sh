#!/bin/bash
# Patterns without « Exclude = yes »: they choose options for these files, and keep them.
set -euo pipefail

sed -i '/Exclude = yes/d' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
