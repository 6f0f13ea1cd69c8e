#!/bin/bash
# sauvegarde: Borg, the account that receives the backups, and another customer's repository. The
# account's password serves to install srv's key, and is locked afterwards (verrou.sh).
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends borgbackup

if ! id borg > /dev/null 2>&1; then
    useradd --create-home --shell /bin/bash --comment 'Dépôts Borg' borg
fi
printf 'borg:%s\n' "$PCAPRA_PHRASE" | chpasswd
install -d -m 0750 -o borg -g borg /srv/borg
if [ ! -e /srv/borg/voisin/config ]; then
    sudo -H -u borg borg init --encryption=none /srv/borg/voisin
fi

cat > /etc/ssh/sshd_config.d/10-compte-borg.conf <<'CONF'
Match User borg Address 192.168.1.0/24
    PasswordAuthentication yes
    AuthenticationMethods any
CONF
sshd -t
systemctl reload ssh
