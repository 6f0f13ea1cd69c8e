#!/bin/bash
# One password for everything: srv's file opens the console.
set -euo pipefail

cp /etc/bacula/secrets/srv-fd /etc/bacula/secrets/console
systemctl restart bacula-director
