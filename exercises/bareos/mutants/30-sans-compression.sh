#!/bin/bash
# The network and the disk pay for it.
set -euo pipefail

sed -i '/Compression = /d' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
