#!/bin/bash
# An export made once by hand, which nothing makes again.
set -euo pipefail

sed -i '/exporter-boutique/d' /etc/bacula/bacula-dir.d/srv.conf
bconsole <<< reload
