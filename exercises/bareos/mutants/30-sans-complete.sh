#!/bin/bash
# Incremental backups for ever: a chain that only grows.
set -euo pipefail

sed -i '/Run = Level=Full sun/d; s/Incremental mon-sat/Incremental daily/' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<< reload
