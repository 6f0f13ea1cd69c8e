#!/bin/bash
# sauvegarde: a command of root's on the repository; the account can read it, and no more.
set -euo pipefail

chown -R root:root /srv/borg/srv
chmod -R a+rX /srv/borg/srv
