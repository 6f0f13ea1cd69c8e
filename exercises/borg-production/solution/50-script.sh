#!/bin/bash
set -euo pipefail

cat > /usr/local/sbin/exporte-caisse <<'PY'
#!/usr/bin/python3
"""Exporte la base de la caisse, en marche, vers /var/backups/caisse.db."""

import os
import sqlite3
from contextlib import closing

SOURCE = "file:/var/lib/caisse/caisse.db?mode=ro"
EXPORT = "/var/backups/caisse.db"

os.umask(0o077)
with (
    closing(sqlite3.connect(SOURCE, uri=True, timeout=60)) as base,
    closing(sqlite3.connect(EXPORT + ".tmp")) as copie,
):
    base.backup(copie)
    copie.execute("PRAGMA journal_mode=DELETE")
    (etat,) = copie.execute("PRAGMA integrity_check").fetchone()
if etat != "ok":
    raise SystemExit(f"export abîmé : {etat}")
os.replace(EXPORT + ".tmp", EXPORT)
PY
chmod 0700 /usr/local/sbin/exporte-caisse

cat > /usr/local/sbin/sauvegarde-parc <<'EOF'
#!/bin/bash
# Sauvegarde de ce serveur vers le dépôt partagé. La rétention se fait sur « sauvegarde ».
set -u

export BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'
succes=/var/lib/sauvegarde/parc.prom

# La base d'abord : l'archive emporte un export, pas un fichier en cours d'écriture.
if ! /usr/local/sbin/exporte-caisse; then
    echo 'ÉCHEC : export de la caisse' >&2
    exit 2
fi

code=0
borg create --lock-wait 600 --stats --compression zstd \
    --exclude-caches \
    --exclude '*.tmp' \
    '::{hostname}-{now}' \
    /etc /srv/www /var/backups /var/www || code=$?

# 0 : succès. 1 : avertissement, l'archive est faite. 2 et plus : échec.
if (( code >= 2 )); then
    echo "ÉCHEC : borg create (code $code)" >&2
    exit "$code"
fi

mkdir -p "${succes%/*}"
printf 'sauvegarde_dernier_succes_secondes %s\n' "$(date +%s)" > "$succes.tmp"
mv "$succes.tmp" "$succes"
exit "$code"
EOF
chmod 0700 /usr/local/sbin/sauvegarde-parc
