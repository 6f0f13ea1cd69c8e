#!/bin/bash
# A RunScript block, a second Include, and a copy of the catalogue made by SQLite itself.
set -euo pipefail

python3 - <<'PY'
from pathlib import Path

path = Path("/etc/bacula/bacula-dir.d/srv.conf")
text = path.read_text()
text = text.replace(
    "    File = /srv/www\n  }\n",
    "    File = /srv/www\n  }\n"
    "  Include {\n    Options { Signature = SHA256 }\n    File = /var/backups/boutique\n  }\n",
)
text = text.replace(
    "  Name = SauvegardeSrv\n",
    "  Name = SauvegardeSrv\n"
    "  RunScript {\n    Runs When = Before\n    Runs On Client = yes\n    Fail Job On Error = yes\n"
    '    Command = "/usr/local/sbin/exporter-boutique"\n  }\n',
)
path.write_text(text)
PY
cat > /etc/bacula/bacula-dir.d/catalogue.conf <<'CONF'
FileSet {
  Name = Base
  Include {
    Options { Signature = SHA256 }
    File = /srv/bacula/catalogue.db
  }
}
Schedule {
  Name = Matin
  Run = Full daily at 06:00
}
Job {
  Name = BackupCatalog
  Type = Backup
  Level = Full
  Client = sauvegarde-fd
  FileSet = Base
  Schedule = Matin
  Storage = Fichiers
  Pool = Fichiers
  Messages = Standard
  Run Before Job = "sqlite3 /var/lib/bacula/bacula.db '.backup /srv/bacula/catalogue.db'"
}
CONF
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
run job=BackupCatalog yes
wait
messages
CONSOLE
