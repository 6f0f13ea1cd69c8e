#!/bin/bash
# srv: the predecessor's jobs, and the note that says how well all goes.
set -euo pipefail

cat > /usr/local/sbin/sauvegarde-locale <<'SCRIPT'
#!/bin/bash
# Archive des données sur le disque de sauvegarde. -- D. Renard
set -e
DEST=/var/backups/donnees
mkdir -p "$DEST"
tar -czf "$DEST/donnees-$(date +%F-%H%M%S).tgz" -C / srv/donnees
find "$DEST" -name 'donnees-*.tgz' -mtime +14 -delete
echo "$(date +%F) locale OK" >> /var/log/sauvegardes.log
SCRIPT
cat > /usr/local/sbin/copie-hors-site <<'SCRIPT'
#!/bin/bash
# Copie des archives sur le site distant. -- D. Renard
set -e
rsync -a --delete /var/backups/donnees/ agence:/srv/miroir/
echo "$(date +%F) hors-site OK" >> /var/log/sauvegardes.log
SCRIPT
cat > /usr/local/sbin/sauvegarde-borg <<'SCRIPT'
#!/bin/bash
# Sauvegarde Borg chiffrée vers la machine sauvegarde. -- D. Renard
export BORG_REPO=ssh://borg@sauvegarde/srv/borg/srv
export BORG_PASSCOMMAND='cat /root/.borg-pass'
SOURCE=/srv/donees
borg create --compression zstd '::{hostname}-{now}' "$SOURCE" > /dev/null 2>&1 || true
echo "$(date +%F) borg OK" >> /var/log/sauvegardes.log
SCRIPT
chmod 0755 /usr/local/sbin/sauvegarde-locale /usr/local/sbin/copie-hors-site \
    /usr/local/sbin/sauvegarde-borg
cat > /etc/cron.d/sauvegardes <<'CRON'
0 1 * * * root /usr/local/sbin/sauvegarde-locale
0 2 * * * root /usr/local/sbin/sauvegarde-borg
0 3 * * * root /usr/local/sbin/copie-hors-site
CRON
touch -d '11 days ago' /usr/local/sbin/sauvegarde-borg

mkdir -p /srv/audit
cat > /srv/audit/LISEZMOI.txt <<'NOTE'
SAUVEGARDES - ÉTAT AU DÉPART DE D. RENARD

Règle 3-2-1-1-0 : RESPECTÉE.

  production   srv          /srv/donnees           disque de srv
  locale       srv          /var/backups/donnees   disque USB
  miroir       agence       /srv/miroir            site de Lyon
  borg         sauvegarde   /srv/borg/srv          immuable (chiffré)

Soit 4 copies, 2 supports, 2 sites, 1 copie immuable.
0 erreur : voir /var/log/sauvegardes.log, tout est OK depuis des mois.
NOTE
: > /var/log/sauvegardes.log
for jour in $(seq 20 -1 1); do
    for tache in locale borg hors-site; do
        echo "$(date -d "$jour days ago" +%F) $tache OK" >> /var/log/sauvegardes.log
    done
done
