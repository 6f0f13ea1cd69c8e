#!/bin/bash
# A green job of the wrong folder. Then a brace forgotten in the file: the running director does
# not mind, and will not start again.
set -euo pipefail

sed -i 's|File = /srv/www|File = /var/www|' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
printf 'Pool { Name = Oubliee Pool Type = Backup\n' >> /etc/bacula/bacula-dir.d/srv.conf
