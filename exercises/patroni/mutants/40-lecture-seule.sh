#!/bin/bash
# The shop was put in read-only mode for the time of the repair.
set -euo pipefail

PGPASSWORD=$PCAPRA_MDP psql -qX -v ON_ERROR_STOP=1 \
    'host=192.168.1.31,192.168.1.32,192.168.1.33 user=caisse dbname=boutique target_session_attrs=read-write' \
    -c 'ALTER DATABASE boutique SET default_transaction_read_only = on'
