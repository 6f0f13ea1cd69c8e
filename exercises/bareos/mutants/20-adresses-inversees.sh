#!/bin/bash
# Debian's default: the storage daemon listens to its own machine only.
set -euo pipefail

sed -i 's/SDAddress = .*/SDAddress = 127.0.0.1/' /etc/bacula/bacula-sd.conf
systemctl restart bacula-sd
# Type=exec: systemd does not wait until the daemon has read its files.
timeout 60 sh -c "until ss -Hltn 'sport = :9103' | grep -q .; do sleep 0.2; done"
