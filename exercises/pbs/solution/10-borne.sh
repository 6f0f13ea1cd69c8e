#!/bin/bash
set -euo pipefail

borne='command="borg serve --append-only --restrict-to-repository /srv/borg/srv",restrict '
sed -i "s|^.*ssh-ed25519 |${borne}ssh-ed25519 |" ~borg/.ssh/authorized_keys
passwd --lock borg
