#!/bin/bash
# Debian's default: the storage daemon listens to its own machine only.
set -euo pipefail

sed -i 's/SDAddress = .*/SDAddress = 127.0.0.1/' /etc/bacula/bacula-sd.conf
systemctl restart bacula-sd
