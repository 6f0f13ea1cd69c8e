#!/bin/bash
# dbconfig-common was answered « no »: a base file without a table.
set -euo pipefail

install -m 0640 -o bacula -g bacula /dev/null /var/lib/bacula/bacula.db
