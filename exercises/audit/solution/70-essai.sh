#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/essai-restauration <<'SCRIPT'
#!/bin/bash
# Restaure la dernière archive à l'écart, et la compare à la production.
set -euo pipefail
export BORG_REPO=ssh://borg@sauvegarde/srv/borg/srv
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'

dossier=$(mktemp -d /var/tmp/essai.XXXXXX)
trap 'rm -rf "$dossier"' EXIT
A=$(borg list --last 1 --short)
cd "$dossier"
borg extract "::$A"
diff -r "$dossier/srv/donnees" /srv/donnees
echo "$A restaurée et comparée le $(date +%F)" > /srv/audit/dernier-essai
SCRIPT
chmod 0755 /usr/local/sbin/essai-restauration
echo '0 5 1 * * root /usr/local/sbin/essai-restauration 2>&1 | logger -t essai-restauration' \
    > /etc/cron.d/essai-restauration
/usr/local/sbin/sauvegarde-borg
/usr/local/sbin/essai-restauration
