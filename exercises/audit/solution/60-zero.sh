#!/bin/bash
set -euo pipefail
export BORG_REPO=ssh://borg@sauvegarde/srv/borg/srv BORG_RSH='ssh -o BatchMode=yes'
export BORG_PASSCOMMAND='cat /root/.borg-pass'

for A in $(borg list --short | tac); do
    if [ -n "$(borg list --short "::$A" | head -n 1)" ]; then
        echo "$A" > /srv/audit/derniere-bonne.txt
        break
    fi
done
cat > /usr/local/sbin/sauvegarde-borg <<'SCRIPT'
#!/bin/bash
# Sauvegarde Borg vers la machine sauvegarde.
set -u
export BORG_REPO=ssh://borg@sauvegarde/srv/borg/srv
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'

A="srv-$(date +%FT%T)"
borg create --compression zstd "::$A" /srv/donnees
code=$?
if [ "$code" -ge 2 ]; then
    echo "ÉCHEC : borg create (code $code)" >&2
    exit "$code"
fi
fichiers=$(borg list --format '{type}{NL}' "::$A" | grep -c '^-')
if [ "$fichiers" -eq 0 ]; then
    echo "ÉCHEC : $A ne contient aucun fichier" >&2
    exit 2
fi
echo "$(date +%F) borg : $fichiers fichiers dans $A" >> /var/log/sauvegardes.log
exit "$code"
SCRIPT
/usr/local/sbin/sauvegarde-borg
