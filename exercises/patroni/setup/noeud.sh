#!/bin/bash
# pg1, pg2, pg3: what Debian's packages leave behind them, a lone etcd and a lone PostgreSQL.
set -euo pipefail

systemctl start etcd postgresql
