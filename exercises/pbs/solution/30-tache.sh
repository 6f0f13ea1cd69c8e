#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/verifier-depots <<'SCRIPT'
#!/bin/bash
# Vérifie tous les dépôts de /srv/borg, sans pouvoir les lire.
set -u

pire=0
for depot in /srv/borg/*/; do
    if borg check --repository-only --lock-wait 600 "$depot"; then
        echo "sain : $depot"
    else
        echo "ABÎMÉ : $depot" >&2
        pire=1
    fi
done
exit "$pire"
SCRIPT
chmod 0755 /usr/local/sbin/verifier-depots
cat > /etc/cron.d/verifier-depots <<'CRON'
30 4 * * * borg /usr/local/sbin/verifier-depots 2>&1 | logger -t verifier-depots
CRON
chmod 0644 /etc/cron.d/verifier-depots
