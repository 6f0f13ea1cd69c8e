#!/bin/bash
# client: whatever it was before, the application asks db2 this evening.
set -euo pipefail

sed -i 's/^host.*/host = 192.168.1.11/' /srv/boutique/base.cnf
rm -f /srv/boutique/constat
