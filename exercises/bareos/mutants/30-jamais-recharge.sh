#!/bin/bash
# The job is in the file, the director that runs does not know it.
set -euo pipefail

cd /etc/bacula/bacula-dir.d
mv srv.conf srv.conf.attente
systemctl restart bacula-director
mv srv.conf.attente srv.conf
