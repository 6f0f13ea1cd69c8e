#!/bin/bash
# Everything in the main file, what jobs share in JobDefs, other algorithms, and a restart.
set -euo pipefail

cat >> /etc/bacula/bacula-dir.conf <<'CONF'
JobDefs {
  Name = Commun
  Type = Backup
  Level = Incremental
  Accurate = yes
  Storage = Fichiers
  Pool = Mensuel
  Messages = Standard
  Schedule = Hebdo
}
Job {
  Name = SauvegardeSrv
  JobDefs = Commun
  Client = srv-fd
  FileSet = Web
}
FileSet {
  Name = Web
  Include {
    Options { Exclude = yes; WildFile = "*.tmp"; RegexDir = "/cache$" }
    Options { Signature = MD5; Compression = LZO }
    File = /srv/www
  }
}
Schedule {
  Name = Hebdo
  Run = Full sat at 01:00
  Run = Incremental sun-fri at 01:00
}
Pool {
  Name = Mensuel
  Pool Type = Backup
  Volume Retention = 720 hours
  Label Format = "Disque-"
}
CONF
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
bconsole <<'CONSOLE'
run job=SauvegardeSrv level=Full yes
wait
CONSOLE
