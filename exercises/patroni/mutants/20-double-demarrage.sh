#!/bin/bash
# Debian's own PostgreSQL is back for the next boot, on the same port.
set -euo pipefail

pg_createcluster --port 5432 15 main > /dev/null
systemctl enable -q postgresql
