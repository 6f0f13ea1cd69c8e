#!/bin/bash
set -euo pipefail

sed -i "s|Password = .*|Password = \"$PCAPRA_MDP\"|" /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
