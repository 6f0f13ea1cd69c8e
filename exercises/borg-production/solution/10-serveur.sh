#!/bin/bash
# sauvegarde: srv's key may add to one repository, and nothing else.
set -euo pipefail

keys=~borg/.ssh/authorized_keys
sed -i -E 's|^(.*[[:space:]])?(ssh-ed25519 )|command="borg serve --append-only --restrict-to-repository /srv/borg/parc",restrict \2|' "$keys"
