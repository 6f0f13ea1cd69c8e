#!/bin/bash
# The job is in the file, the director that runs does not know it.
set -euo pipefail

cd /etc/bacula/bacula-dir.d
mv srv.conf srv.conf.attente
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
mv srv.conf.attente srv.conf
