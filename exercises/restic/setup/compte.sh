#!/bin/bash
# sauvegarde: the account that will receive a repository by SFTP. Its password opens SSH from the
# lab's segment only, for the time it takes to install a key.
set -euo pipefail

if ! id restic > /dev/null 2>&1; then
    useradd --create-home --shell /bin/bash --comment 'Dépôts Restic par SFTP' restic
fi
printf 'restic:%s\n' "$PCAPRA_MDP" | chpasswd
install -d -m 0750 -o restic -g restic /srv/restic

cat > /etc/ssh/sshd_config.d/10-compte-restic.conf <<'CONF'
Match User restic Address 192.168.1.0/24
    PasswordAuthentication yes
    AuthenticationMethods any
CONF
sshd -t
systemctl reload ssh
