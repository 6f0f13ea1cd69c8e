#!/bin/bash
# sauvegarde: the account that will receive the backups. Its password opens SSH from the lab's
# segment only, for the time it takes to install a key.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends borgbackup

if ! id borg > /dev/null 2>&1; then
    useradd --create-home --shell /bin/bash --comment 'Dépôts Borg' borg
fi
printf 'borg:%s\n' "$PCAPRA_MDP" | chpasswd
install -d -m 0750 -o borg -g borg /srv/borg

cat > /etc/ssh/sshd_config.d/10-compte-borg.conf <<'CONF'
Match User borg Address 192.168.1.0/24
    PasswordAuthentication yes
    AuthenticationMethods any
CONF
sshd -t
systemctl reload ssh
