#!/bin/bash
# Two passwords that look alike.
set -euo pipefail

sed -i 's/Password = "/&0/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
