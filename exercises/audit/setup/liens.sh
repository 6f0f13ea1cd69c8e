#!/bin/bash
# srv: the predecessor's keys, aliases and disk. « agence » is said to be the remote site; the alias
# has led back to srv since an address was changed.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install --yes -qq --no-install-recommends borgbackup

disque=/dev/disk/by-id/virtio-coffre
blkid "$disque" > /dev/null || mkfs.ext4 -q -L USB "$disque"
mkdir -p /media/usb
grep -q /media/usb /etc/fstab || echo "$disque /media/usb ext4 nofail 0 2" >> /etc/fstab
mountpoint -q /media/usb || mount /media/usb

install -d -m 0700 /root/.ssh
[ -e /root/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
for hote in sauvegarde 192.168.1.41 192.168.1.10; do
    ssh-keygen -F "$hote" > /dev/null 2>&1 || ssh-keyscan -t ed25519 "$hote" 2> /dev/null >> /root/.ssh/known_hosts
done
donner=$(mktemp)
trap 'rm -f "$donner"' EXIT
printf '#!/bin/sh\nprintf "%%s\\n" "$PCAPRA_MDP"\n' > "$donner"
chmod 0700 "$donner"
for compte in borg miroir; do
    ssh -o BatchMode=yes "$compte@sauvegarde" true 2> /dev/null ||
        SSH_ASKPASS=$donner SSH_ASKPASS_REQUIRE=force ssh-copy-id "$compte@sauvegarde"
done

id miroir > /dev/null 2>&1 || useradd --create-home --shell /bin/bash miroir
install -d -m 0700 -o miroir -g miroir /home/miroir/.ssh
install -m 0600 -o miroir -g miroir /root/.ssh/id_ed25519.pub /home/miroir/.ssh/authorized_keys
install -d -m 0750 -o miroir -g miroir /srv/miroir
cat > /root/.ssh/config <<'CONF'
# Site distant (agence de Lyon)
Host agence
    HostName 192.168.1.10
    User miroir
    BatchMode yes
CONF
ssh agence true
