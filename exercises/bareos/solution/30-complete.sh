#!/bin/bash
set -euo pipefail

cat > /etc/bacula/bacula-dir.d/srv.conf <<'CONF'
FileSet {
  Name = Site
  Include {
    Options {
      Exclude = yes
      WildFile = "*.tmp"
      WildDir = "/srv/www/*/cache"
    }
    Options {
      Signature = SHA256
      Compression = GZIP
    }
    File = /srv/www
  }
}

Schedule {
  Name = Nuit
  Run = Level=Full sun at 23:05
  Run = Level=Incremental mon-sat at 23:05
}

Pool {
  Name = Fichiers
  Pool Type = Backup
  Volume Retention = 30 days
  AutoPrune = yes
  Recycle = yes
  Maximum Volume Bytes = 1G
  Maximum Volumes = 20
  Label Format = "Vol-"
}

Job {
  Name = SauvegardeSrv
  Type = Backup
  Level = Incremental
  Accurate = yes
  Client = srv-fd
  FileSet = Site
  Schedule = Nuit
  Storage = Fichiers
  Pool = Fichiers
  Messages = Standard
  Write Bootstrap = "/srv/bacula/%n.bsr"
}
CONF
bacula-dir -t -c /etc/bacula/bacula-dir.conf
bconsole <<'CONSOLE'
reload
run job=SauvegardeSrv level=Full yes
wait
messages
CONSOLE
