#!/bin/bash
# A green job of the wrong folder.
set -euo pipefail

sed -i 's|File = /srv/www|File = /var/www|' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
