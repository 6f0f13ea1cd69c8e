#!/bin/bash
# Open to the whole network: anyone reads the encrypted packs, and fills the disk.
set -euo pipefail

sed -i -e 's/ --private-repos//' -e 's|--htpasswd /etc/restic-rest.htpasswd ||' \
    /etc/systemd/system/restic-rest.service
systemctl daemon-reload
systemctl restart restic-rest.service
