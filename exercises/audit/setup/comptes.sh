#!/bin/bash
# sauvegarde: the remote site. Two accounts; their passwords serve once, for srv to leave its key.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends borgbackup
for compte in borg miroir; do
    id "$compte" > /dev/null 2>&1 || useradd --create-home --shell /bin/bash "$compte"
    printf '%s:%s\n' "$compte" "$PCAPRA_MDP" | chpasswd
done
install -d -m 0750 -o borg -g borg /srv/borg
install -d -m 0750 -o miroir -g miroir /srv/miroir
cat > /etc/ssh/sshd_config.d/10-arrivee.conf <<'CONF'
Match User borg,miroir Address 192.168.1.0/24
    PasswordAuthentication yes
    AuthenticationMethods any
CONF
sshd -t
systemctl reload ssh
