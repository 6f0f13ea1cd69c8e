#!/bin/bash
# A restored copy that every account may read.
set -euo pipefail

chmod 0644 "/restauration/srv/www/$PCAPRA_CLIENT/contrat.txt"
