#!/bin/bash
set -euo pipefail

python3 - <<'PY'
from pathlib import Path

path = Path("/etc/bacula/bacula-dir.d/srv.conf")
text = path.read_text()
if "/var/backups/boutique" not in text:
    text = text.replace(
        "    File = /srv/www\n", "    File = /srv/www\n    File = /var/backups/boutique\n"
    )
if "exporter-boutique" not in text:
    text = text.replace(
        "  Name = SauvegardeSrv\n",
        "  Name = SauvegardeSrv\n"
        '  Client Run Before Job = "/usr/local/sbin/exporter-boutique"\n',
    )
path.write_text(text)
PY

cat > /etc/bacula/bacula-dir.d/catalogue.conf <<'CONF'
Schedule {
  Name = ApresLaNuit
  Run = Level=Full daily at 23:10
}

Job {
  Name = BackupCatalog
  Type = Backup
  Level = Full
  Client = sauvegarde-fd
  FileSet = Catalogue
  Schedule = ApresLaNuit
  Storage = Fichiers
  Pool = Fichiers
  Messages = Standard
  Priority = 11
  Run Before Job = "/etc/bacula/scripts/make_catalog_backup.pl Catalogue"
  Run After Job = "/etc/bacula/scripts/delete_catalog_backup"
  Write Bootstrap = "/srv/bacula/%n.bsr"
}
CONF
bacula-dir -t -c /etc/bacula/bacula-dir.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Incremental yes
run job=BackupCatalog yes
wait
messages
CONSOLE
