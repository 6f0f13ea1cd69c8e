#!/bin/bash
# The same bounds, but for deletion: the repository itself will refuse it.
set -euo pipefail

borne='restrict,command="/usr/bin/borg serve --restrict-to-repository /srv/borg/srv" '
sed -i "s|^.*ssh-ed25519 |${borne}ssh-ed25519 |" ~borg/.ssh/authorized_keys
usermod --lock borg
