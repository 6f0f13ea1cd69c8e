#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/sauvegarde-locale <<'SCRIPT'
#!/bin/bash
# Archive des données sur le disque USB.
set -e
mountpoint -q /media/usb || { echo 'ÉCHEC : disque USB absent' >&2; exit 1; }
DEST=/media/usb/donnees
mkdir -p "$DEST"
tar -czf "$DEST/donnees-$(date +%F-%H%M%S).tgz" -C / srv/donnees
find "$DEST" -name 'donnees-*.tgz' -mtime +14 -delete
echo "$(date +%F) locale OK" >> /var/log/sauvegardes.log
SCRIPT
/usr/local/sbin/sauvegarde-locale
