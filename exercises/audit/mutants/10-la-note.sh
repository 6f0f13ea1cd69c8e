#!/bin/bash
# What the predecessor's note says, copied.
set -euo pipefail

sed -i 's/^miroir;srv;/miroir;agence;/' /srv/audit/inventaire.csv
