#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/sauvegarde-borg <<'EOF'
#!/bin/bash
# Sauvegarde quotidienne de ce serveur vers la machine « sauvegarde ».
set -u

export BORG_REPO='ssh://borg@sauvegarde/srv/borg/srv'
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'

pire=0

# Code 0 : succès. 1 : avertissement, on continue. 2 et plus : échec.
etape() {
    local code=0
    echo "== borg $1"
    borg "$@" || code=$?
    if (( code >= 2 )); then
        echo "ÉCHEC : borg $1 (code $code)" >&2
        exit "$code"
    fi
    if (( code > pire )); then
        pire=$code
    fi
}

etape create --lock-wait 600 --stats --compression zstd \
    --exclude '*.tmp' \
    --exclude '/home/*/.cache' \
    '::{hostname}-{now}' \
    /etc /home /srv/www /var/www

etape prune --list --glob-archives '{hostname}-*' \
    --keep-daily=7 --keep-weekly=4 --keep-monthly=12

etape compact

if [ "$(date +%u)" -eq 7 ]; then
    etape check --verify-data
fi

exit "$pire"
EOF
chmod 0700 /usr/local/sbin/sauvegarde-borg

cat > /etc/cron.d/sauvegarde-borg <<'EOF'
# minute heure jour mois jour-de-semaine utilisateur commande
0 2 * * * root /usr/local/sbin/sauvegarde-borg 2>&1 | logger -t sauvegarde-borg
EOF
chmod 0644 /etc/cron.d/sauvegarde-borg
