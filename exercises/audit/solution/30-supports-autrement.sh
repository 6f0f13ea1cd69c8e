#!/bin/bash
# Another right way: the job plugs the disk in by itself, and copies the tree as it is.
set -euo pipefail

cat > /usr/local/sbin/sauvegarde-locale <<'SCRIPT'
#!/bin/bash
set -euo pipefail
mountpoint -q /media/usb || mount /media/usb
dest=/media/usb/donnees/$(date +%F-%H%M%S)
mkdir -p "$dest"
cp -a /srv/donnees "$dest/"
SCRIPT
/usr/local/sbin/sauvegarde-locale
