#!/bin/bash
# A contract typed again, with other ends of line.
set -euo pipefail

sed -i 's/$/\r/' "/srv/$PCAPRA_CLIENT/contrat.txt"
