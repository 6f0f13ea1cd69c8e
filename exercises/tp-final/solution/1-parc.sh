#!/bin/bash
# sauvegarde, as stagiaire: the key, then through it the clocks of all, and the site on both web
# servers, all at the same time.
set -euo pipefail

[ -e ~/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519

# A person types the password and compares the host keys; a script hands them over.
journaux=$(mktemp -d)
trap 'rm -rf "$journaux"' EXIT
travaux=()
printf '#!/bin/sh\nprintf "%%s\\n" "$PCAPRA_MDP"\n' > "$journaux/donner"
chmod 0700 "$journaux/donner"
for machine in lb1 lb2 web1 web2 sup; do
    SSH_ASKPASS=$journaux/donner SSH_ASKPASS_REQUIRE=force \
        ssh-copy-id -o StrictHostKeyChecking=accept-new "$machine" 2> /dev/null
done

(
    sudo apt-get update
    sudo DEBIAN_FRONTEND=noninteractive apt-get install --yes chrony
    sudo sed -i 's/^pool /#pool /' /etc/chrony/chrony.conf
    printf 'local stratum 10\nallow 192.168.1.0/24\n' | sudo tee /etc/chrony/conf.d/serveur.conf
    sudo systemctl restart chrony
) > "$journaux/sauvegarde" 2>&1 < /dev/null &
travaux+=($!)
for machine in lb1 lb2 web1 web2 sup; do
    # A function is read whole: nothing that it runs may swallow the rest of the script.
    ssh -o BatchMode=yes "$machine" "sudo env PCAPRA_CLIENT=$PCAPRA_CLIENT PCAPRA_REPERE=$PCAPRA_REPERE bash -s" > "$journaux/$machine" 2>&1 <<'LOIN' &
tout() {
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

passwd -l stagiaire
apt-get update
paquets=(chrony)
case $(hostname) in web?) paquets+=(nginx) ;; esac
apt-get install --yes "${paquets[@]}"
# The last of two such lines is the one that counts, and conf.d is read first.
sed -i -e 's/^pool /#pool /' -e 's/^makestep .*/makestep 1 -1/' /etc/chrony/chrony.conf
echo 'server 192.168.1.31 iburst minpoll 2 maxpoll 6' > /etc/chrony/sources.d/sauvegarde.sources
systemctl restart chrony
case $(hostname) in web?) ;; *) return ;; esac

cat > /srv/www/index.html <<FIN
<!doctype html>
<meta charset="utf-8">
<title>$PCAPRA_CLIENT</title>
<h1>$PCAPRA_CLIENT</h1>
<p>Repère : $PCAPRA_REPERE</p>
FIN
cat > /etc/nginx/sites-available/site <<'FIN'
server {
    listen 80 default_server;
    root /srv/www;
    add_header X-Serveur $hostname always;

    location = /health { return 200 "ok\n"; }
    location /prive/ { deny all; }
}
FIN
ln -sf ../sites-available/site /etc/nginx/sites-enabled/site
rm -f /etc/nginx/sites-enabled/default
nginx -t -q
systemctl reload nginx
}
tout < /dev/null
LOIN
    travaux+=($!)
done
for travail in "${travaux[@]}"; do
    wait "$travail" || { tail -n 5 "$journaux"/*; exit 1; }
done
for machine in lb1 lb2 web1 web2 sup; do
    ssh -o BatchMode=yes "$machine" 'chronyc waitsync 90 0.5 0 1' > /dev/null
done
