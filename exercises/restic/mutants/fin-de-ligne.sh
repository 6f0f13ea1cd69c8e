#!/bin/bash
# The contract typed again: the text is the same, the file is not.
set -euo pipefail

sed -i 's/$/\r/' "/srv/$PCAPRA_CLIENT/contrat.txt"
