#!/bin/bash
# sauvegarde: the same rights in other words; the repository itself says that it only grows.
set -euo pipefail

cle=$(grep -o 'ssh-ed25519 .*' ~borg/.ssh/authorized_keys)
printf 'command="borg serve --restrict-to-path /srv/borg/parc",no-pty,no-port-forwarding,no-agent-forwarding,no-X11-forwarding %s\n' \
    "$cle" > ~borg/.ssh/authorized_keys
