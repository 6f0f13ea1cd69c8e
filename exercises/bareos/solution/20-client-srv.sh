#!/bin/bash
set -euo pipefail

umask 077
cat > /etc/bacula/bacula-fd.conf <<CONF
FileDaemon {
  Name = srv-fd
  FDAddress = 192.168.1.10
  WorkingDirectory = /var/lib/bacula
  PidDirectory = /run/bacula
}

Director {
  Name = sauvegarde-dir
  Password = "$PCAPRA_MDP"
}

Messages {
  Name = Standard
  Director = sauvegarde-dir = all, !skipped, !restored
}
CONF
chmod 0600 /etc/bacula/bacula-fd.conf
bacula-fd -t -c /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9102' | grep -q .; do sleep 0.2; done"
