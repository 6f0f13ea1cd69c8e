#!/bin/bash
# One byte altered in the first segment: everything is in its place, and nothing opens.
set -euo pipefail

segment=$(find /sauvegarde/depot/data -type f | sort -V | head -n 1)
printf 'X' | dd of="$segment" bs=1 seek=10 conv=notrunc status=none
