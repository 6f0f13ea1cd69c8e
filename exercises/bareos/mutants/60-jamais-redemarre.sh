#!/bin/bash
# The password put right in the file, and a client that was not restarted.
set -euo pipefail

sed -i 's/Password = "/&0/' /etc/bacula/bacula-fd.conf
systemctl restart bacula-fd
sed -i 's/Password = "0/Password = "/' /etc/bacula/bacula-fd.conf
