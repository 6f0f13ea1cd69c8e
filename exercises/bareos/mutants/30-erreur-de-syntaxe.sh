#!/bin/bash
# The running director is fine; it will not start again.
set -euo pipefail

printf 'Pool { Name = Oubliee Pool Type = Backup\n' >> /etc/bacula/bacula-dir.d/srv.conf
