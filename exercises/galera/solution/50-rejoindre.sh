#!/bin/bash
# db1, db3: back to the cluster that runs.
set -euo pipefail

systemctl start mariadb
