#!/bin/bash
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass
export RESTIC_FROM_PASSWORD_FILE=/root/.restic-pass

ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
donner=$(mktemp)
trap 'rm -f "$donner"' EXIT
printf '#!/bin/sh\nprintf "%%s\\n" "$PCAPRA_MDP"\n' > "$donner"
chmod 0700 "$donner"
SSH_ASKPASS=$donner SSH_ASKPASS_REQUIRE=force \
    ssh-copy-id -o StrictHostKeyChecking=accept-new restic@sauvegarde

export RESTIC_REPOSITORY=sftp:restic@sauvegarde:/srv/restic/srv
restic init --from-repo /sauvegarde/restic --copy-chunker-params
restic copy --from-repo /sauvegarde/restic --host srv --tag nuit
