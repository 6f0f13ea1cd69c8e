#!/bin/bash
# A trial that stayed: open to the whole network (anyone reads the encrypted packs, and fills the
# disk), and not enabled: the next power cut ends it without a word.
set -euo pipefail

sed -i -e 's/ --private-repos//' -e 's|--htpasswd /etc/restic-rest.htpasswd ||' \
    /etc/systemd/system/restic-rest.service
systemctl daemon-reload
systemctl disable restic-rest.service
systemctl restart restic-rest.service
timeout 60 sh -c "until ss -Hltn 'sport = :8000' | grep -q .; do sleep 0.2; done"
