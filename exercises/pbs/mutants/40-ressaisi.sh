#!/bin/bash
# The same words, not the same bytes.
set -euo pipefail

sed -i 's/$/\r/' "/srv/vm/$PCAPRA_CLIENT/contrat.txt"
