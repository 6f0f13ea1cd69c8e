#!/bin/bash
# srv: two more archives of srv-db. The first alone holds a file whose only other copy is on a USB
# key; abime.sh will hit that file in the repository.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'
note=/var/lib/pcapra/abimee

install -d -m 0700 /var/lib/pcapra
install -d /media/cle-usb
# Below Borg's smallest cut (512 KiB), so one chunk; abime.sh knows it by its size.
python3 -c 'import os, random, sys
sys.stdout.buffer.write(random.Random("releves " + os.environ["PCAPRA_CLIENT"]).randbytes(300 << 10))
' > /media/cle-usb/releves.bin

if [ ! -s "$note" ]; then
    date '+srv-db-%Y-%m-%dT%H:%M:%S' > "$note.tmp"
    mv "$note.tmp" "$note"
fi
abimee=$(< "$note")
presentes=$(borg list --lock-wait 120 --short)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p var/backups
cp /media/cle-usb/releves.bin var/backups/
echo "$abimee" > var/backups/liste.txt
if ! grep -qxF "$abimee" <<< "$presentes"; then
    borg create --lock-wait 120 --files-cache disabled "::$abimee" var
fi
rm var/backups/releves.bin
if ! grep -qxF "$abimee-bis" <<< "$presentes"; then
    borg create --lock-wait 120 --files-cache disabled "::$abimee-bis" var
fi
