#!/bin/bash
# db3: its disk was replaced; the system is back from its image, the data are not.
set -euo pipefail

systemctl stop mariadb
find /var/lib/mysql -mindepth 1 -delete
