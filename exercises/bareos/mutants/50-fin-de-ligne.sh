#!/bin/bash
# The same words, with other ends of line.
set -euo pipefail

sed -i 's/$/\r/' "/restauration/srv/www/$PCAPRA_CLIENT/contrat.txt"
