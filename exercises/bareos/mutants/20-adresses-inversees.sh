#!/bin/bash
# The two addresses swapped: the storage daemon listens to its own machine only, and the director
# everywhere, one password away from all the backups.
set -euo pipefail

sed -i 's/SDAddress = .*/SDAddress = 127.0.0.1/' /etc/bacula/bacula-sd.conf
sed -i 's/DirAddress = .*/DirAddress = 0.0.0.0/' /etc/bacula/bacula-dir.conf
systemctl restart bacula-sd bacula-director
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9101' | grep -q . && ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
