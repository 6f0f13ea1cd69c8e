#!/bin/bash
# A duration that nobody can have measured.
set -euo pipefail

sed -i -E 's/^(borg,deuxieme),[^,]*,/\1,0.01,/' /root/mesures.csv
