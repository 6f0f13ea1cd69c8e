#!/bin/bash
# « The till is slow »: its commits wait for nobody any more.
set -euo pipefail

PGPASSWORD=$PCAPRA_MDP psql -qX -v ON_ERROR_STOP=1 \
    'host=192.168.1.31,192.168.1.32,192.168.1.33 user=caisse dbname=boutique target_session_attrs=read-write' \
    -c 'ALTER ROLE caisse SET synchronous_commit = local'
