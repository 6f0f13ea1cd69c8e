#!/bin/bash
# The password put right in the file, and a client that was not restarted.
set -euo pipefail

sed -i 's/Password = "/&0/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9102' | grep -q .; do sleep 0.2; done"
sed -i 's/Password = "0/Password = "/' /etc/bacula/bacula-fd.conf
