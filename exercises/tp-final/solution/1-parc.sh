#!/bin/bash
# sauvegarde, as stagiaire: the key, then the clocks of all, through it.
set -euo pipefail

[ -e ~/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519

# A person types the password and compares the host keys; a script hands them over.
donner=$(mktemp)
trap 'rm -f "$donner"' EXIT
printf '#!/bin/sh\nprintf "%%s\\n" "$PCAPRA_MDP"\n' > "$donner"
chmod 0700 "$donner"
for machine in lb1 lb2 web1 web2 sup; do
    SSH_ASKPASS=$donner SSH_ASKPASS_REQUIRE=force \
        ssh-copy-id -o StrictHostKeyChecking=accept-new "$machine"
done

(
    sudo apt-get update
    sudo DEBIAN_FRONTEND=noninteractive apt-get install --yes chrony
    sudo sed -i 's/^pool /#pool /' /etc/chrony/chrony.conf
    printf 'local stratum 10\nallow 192.168.1.0/24\n' | sudo tee /etc/chrony/conf.d/serveur.conf
    sudo systemctl restart chrony
) > /tmp/sauvegarde.log 2>&1 &
for machine in lb1 lb2 web1 web2 sup; do
    ssh -o BatchMode=yes "$machine" 'sudo bash -s' > "/tmp/$machine.log" 2>&1 <<'FIN' &
set -euo pipefail
passwd -l stagiaire
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install --yes chrony
sed -i 's/^pool /#pool /' /etc/chrony/chrony.conf
echo 'server 192.168.1.31 iburst minpoll 2 maxpoll 6' > /etc/chrony/sources.d/sauvegarde.sources
echo 'makestep 1 -1' > /etc/chrony/conf.d/labo.conf
systemctl restart chrony
FIN
done
for travail in $(jobs -p); do
    wait "$travail" || { tail -n 5 /tmp/*.log; exit 1; }
done
for machine in lb1 lb2 web1 web2 sup; do
    ssh -o BatchMode=yes "$machine" 'chronyc waitsync 90 0.5 0 1' > /dev/null
done
rm -f /tmp/{sauvegarde,lb1,lb2,web1,web2,sup}.log
