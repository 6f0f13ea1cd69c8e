#!/bin/bash
set -euo pipefail

install -d -m 0750 -o root -g bacula /etc/bacula/secrets /etc/bacula/bacula-dir.d
for qui in console stockage sauvegarde-fd; do
    (umask 077; head -c 24 /dev/urandom | base64 > "/etc/bacula/secrets/$qui")
done
(umask 077; printf '%s\n' "$PCAPRA_MDP" > /etc/bacula/secrets/srv-fd)
chgrp bacula /etc/bacula/secrets/*
chmod 0640 /etc/bacula/secrets/*
install -d -m 0750 -o bacula -g bacula /srv/bacula

cat > /etc/bacula/bacula-dir.conf <<'CONF'
# Le directeur : qui il est, où est son catalogue, à qui il parle.
Director {
  Name = sauvegarde-dir
  DirAddress = 127.0.0.1
  QueryFile = "/etc/bacula/scripts/query.sql"
  WorkingDirectory = "/var/lib/bacula"
  PidDirectory = "/run/bacula"
  Password = @/etc/bacula/secrets/console
  Messages = Standard
  FD Connect Timeout = 30
  SD Connect Timeout = 30
}

Catalog {
  Name = Catalogue
  dbname = "bacula"; dbuser = ""; dbpassword = ""
}

Messages {
  Name = Standard
  console = all, !skipped, !saved
  append = "/var/log/bacula/bacula.log" = all, !skipped
  catalog = all
}

Storage {
  Name = Fichiers
  Address = sauvegarde
  Password = @/etc/bacula/secrets/stockage
  Device = Fichiers
  Media Type = Fichier
}

Client {
  Name = srv-fd
  Address = srv
  Catalog = Catalogue
  Password = @/etc/bacula/secrets/srv-fd
  File Retention = 60 days
  Job Retention = 6 months
  AutoPrune = yes
}

Client {
  Name = sauvegarde-fd
  Address = 127.0.0.1
  Catalog = Catalogue
  Password = @/etc/bacula/secrets/sauvegarde-fd
  File Retention = 60 days
  Job Retention = 6 months
  AutoPrune = yes
}

# Un seul travail de restauration suffit à tous les clients. FileSet et Pool
# sont exigés, et sans effet.
Job {
  Name = Restauration
  Type = Restore
  Client = srv-fd
  FileSet = Catalogue
  Storage = Fichiers
  Pool = Scratch
  Messages = Standard
  Where = /restauration
}

FileSet {
  Name = Catalogue
  Include {
    Options {
      Signature = SHA256
      Compression = GZIP
    }
    File = /var/lib/bacula/bacula.sql
  }
}

Pool {
  Name = Scratch
  Pool Type = Backup
}

@|"find /etc/bacula/bacula-dir.d -name '*.conf' -exec cat {} +"
CONF
cat > /etc/bacula/bacula-sd.conf <<'CONF'
Storage {
  Name = sauvegarde-sd
  SDAddress = 192.168.1.41
  WorkingDirectory = /var/lib/bacula
  PidDirectory = /run/bacula
}

Director {
  Name = sauvegarde-dir
  Password = @/etc/bacula/secrets/stockage
}

Device {
  Name = Fichiers
  Media Type = Fichier
  Archive Device = /srv/bacula
  LabelMedia = yes
  Random Access = yes
  AutomaticMount = yes
  RemovableMedia = no
  AlwaysOpen = no
}

Messages {
  Name = Standard
  Director = sauvegarde-dir = all
}
CONF

cat > /etc/bacula/bacula-fd.conf <<'CONF'
FileDaemon {
  Name = sauvegarde-fd
  FDAddress = 127.0.0.1
  WorkingDirectory = /var/lib/bacula
  PidDirectory = /run/bacula
}

Director {
  Name = sauvegarde-dir
  Password = @/etc/bacula/secrets/sauvegarde-fd
}

Messages {
  Name = Standard
  Director = sauvegarde-dir = all, !skipped, !restored
}
CONF

cat > /etc/bacula/bconsole.conf <<'CONF'
Director {
  Name = sauvegarde-dir
  Address = 127.0.0.1
  Password = @/etc/bacula/secrets/console
}
CONF
bacula-dir -t -c /etc/bacula/bacula-dir.conf
bacula-sd -t -c /etc/bacula/bacula-sd.conf
systemctl restart bacula-sd bacula-fd bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q . && ss -Hltn 'sport = :9102' | grep -q . && ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
