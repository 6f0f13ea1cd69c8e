#!/bin/bash
# sauvegarde, as stagiaire: on both web servers, the repository, what runs each night, what tells of a
# failure; on web1, the rehearsal.
set -euo pipefail

journaux=$(mktemp -d)
trap 'rm -rf "$journaux"' EXIT
travaux=()
for machine in web1 web2; do
    # A function is read whole: nothing that it runs may swallow the rest of the script.
    ssh -o BatchMode=yes "$machine" "sudo bash -s" > "$journaux/$machine" 2>&1 <<'LOIN' &
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get install --yes borgbackup
[ -s /root/.borg-pass ] || (umask 077; head -c 24 /dev/urandom | base64 > /root/.borg-pass)

cat > /usr/local/sbin/sauvegarde-site <<'FIN'
#!/bin/bash
# Ce serveur, vers son dépôt ; compact se fait sur « sauvegarde », à la main.
set -u

export BORG_REPO="ssh://borg@sauvegarde/srv/borg/$(hostname)"
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes -o ConnectTimeout=15'

# 0 : succès. 1 : avertissement, l'archive est faite. 2 et plus : échec.
pire=0
note() { if (( $1 > pire )); then pire=$1; fi; }

borg create --lock-wait 600 --compression zstd '::{hostname}-{now}' /etc /srv/www
note $?
if (( pire < 2 )); then
    borg prune --lock-wait 600 --glob-archives '{hostname}-*' \
        --keep-daily=7 --keep-weekly=4 --keep-monthly=6
    note $?
fi
exit "$pire"
FIN
chmod 0700 /usr/local/sbin/sauvegarde-site

cat > /etc/systemd/system/sauvegarde-site.service <<'FIN'
[Unit]
Description=Sauvegarde du site vers la machine sauvegarde
OnFailure=alerte-sauvegarde@%n.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/sauvegarde-site
SuccessExitStatus=1
Nice=10
FIN
cat > /etc/systemd/system/alerte-sauvegarde@.service <<'FIN'
[Unit]
Description=Alerte : %i a échoué

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "%i a échoué sur %H" | ssh -i /root/.ssh/alerte -o IdentitiesOnly=yes -o BatchMode=yes borg@sauvegarde'
Restart=on-failure
RestartSec=1min
FIN
cat > /etc/systemd/system/sauvegarde-site.timer <<'FIN'
[Unit]
Description=Chaque nuit, la sauvegarde du site

[Timer]
OnCalendar=*-*-* 02:00:00
RandomizedDelaySec=15min
Persistent=true

[Install]
WantedBy=timers.target
FIN
systemctl daemon-reload

export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'
depot=ssh://borg@sauvegarde/srv/borg/$(hostname)
if [ ! -e /root/borg-cle.txt ]; then
    borg init --encryption=repokey "$depot"
    borg key export "$depot" /root/borg-cle.txt
fi
systemctl enable --now sauvegarde-site.timer
systemctl start sauvegarde-site.service

if [ "$(hostname)" = web1 ]; then
    mkdir -p /var/tmp/essai
    cd /var/tmp/essai
    borg extract "$depot::$(borg list --last 1 --short "$depot")" srv/www
    diff -r /srv/www srv/www
fi
}
tout < /dev/null
LOIN
    travaux+=($!)
done
for travail in "${travaux[@]}"; do
    wait "$travail" || { tail -n 5 "$journaux"/*; exit 1; }
done
