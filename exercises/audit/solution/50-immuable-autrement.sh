#!/bin/bash
# Another right way: the repository itself keeps what is deleted.
set -euo pipefail

borne='restrict,command="borg serve --restrict-to-repository /srv/borg/srv" '
sed -i "s|^.*ssh-ed25519 |${borne}ssh-ed25519 |" ~borg/.ssh/authorized_keys
runuser -u borg -- env HOME=/home/borg borg config /srv/borg/srv append_only 1
