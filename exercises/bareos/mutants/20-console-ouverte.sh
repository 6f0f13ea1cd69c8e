#!/bin/bash
# The director listens everywhere: one password away from all the backups.
set -euo pipefail

sed -i 's/DirAddress = .*/DirAddress = 0.0.0.0/' /etc/bacula/bacula-dir.conf
systemctl restart bacula-director
