#!/bin/bash
# The export is made every night, and never saved.
set -euo pipefail

sed -i '/boutique$/d' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<< reload
