#!/bin/bash
# One password for everything: srv's file opens the console. And the usual umask: every account
# reads it.
set -euo pipefail

cd /etc/bacula/secrets
cat srv-fd > console
chmod 0755 .
chmod 0644 srv-fd
systemctl restart bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q .; do sleep 0.2; done"
