#!/bin/bash
# Something touches files before each backup: what did not change is sent again.
set -euo pipefail

sed -i "s|^  Name = SauvegardeSrv\$|&\n  Client Run Before Job = \"touch /srv/www/$PCAPRA_CLIENT/index.html\"|" \
    /etc/bacula/bacula-dir.d/srv.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Incremental yes
wait
CONSOLE
