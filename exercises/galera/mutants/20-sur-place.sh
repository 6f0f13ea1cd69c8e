#!/bin/bash
# What converting in place leaves: each node its own rows, in a table that is now replicated.
set -euo pipefail

mariadb -e "SET SESSION wsrep_on = OFF;
    DELETE FROM boutique.visites WHERE quand >= '2026-01-13' AND quand < '2026-01-14'"
