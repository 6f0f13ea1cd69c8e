#!/bin/bash
# sauvegarde: the account, one bounded key a web server for Borg, another for its alerts. Keys come
# through stagiaire's, so that no password and no unknown host key is ever accepted.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get install --yes borgbackup
id borg > /dev/null 2>&1 || useradd --create-home --shell /bin/bash borg
install -d -m 0750 -o borg -g borg /srv/borg /var/lib/pcapra/alertes
cat > /usr/local/sbin/note-alerte <<'FIN'
#!/bin/bash
# Une alerte arrive ; $1 est la machine, que sa clé impose.
set -euo pipefail
umask 027

dossier=/var/lib/pcapra/alertes
nom=$(date +%Y%m%dT%H%M%S)-$1
{ echo "$1, le $(date +%FT%T)"; head -c 1000; } > "$dossier/.$nom"
mv "$dossier/.$nom" "$dossier/$nom.alerte"
FIN
chmod 0755 /usr/local/sbin/note-alerte

install -d -m 0700 -o borg -g borg ~borg/.ssh
install -m 0600 -o borg -g borg /dev/null ~borg/.ssh/authorized_keys
hote=$(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)
for web in web1 web2; do
    runuser -u stagiaire -- ssh -o BatchMode=yes "$web" "sudo bash -s '$hote'" > "/root/$web.pub" <<'FIN'
set -euo pipefail
install -d -m 0700 /root/.ssh
cd /root/.ssh
[ -e id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f id_ed25519
[ -e alerte ] || ssh-keygen -q -t ed25519 -N '' -f alerte
echo "sauvegarde,192.168.1.31 $1" > known_hosts
cat id_ed25519.pub alerte.pub
FIN
    {
        read -r borg
        read -r alerte
        echo "command=\"borg serve --append-only --restrict-to-repository /srv/borg/$web\",restrict $borg"
        echo "command=\"/usr/local/sbin/note-alerte $web\",restrict $alerte"
    } < "/root/$web.pub" >> ~borg/.ssh/authorized_keys
    rm "/root/$web.pub"
done
