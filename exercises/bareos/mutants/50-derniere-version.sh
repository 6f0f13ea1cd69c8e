#!/bin/bash
# The contract of the last backup, where that of the full one was asked for.
set -euo pipefail

cp -a "/srv/www/$PCAPRA_CLIENT/contrat.txt" "/restauration/srv/www/$PCAPRA_CLIENT/contrat.txt"
