#!/bin/bash
# The factor of the first backup alone.
set -euo pipefail

echo 1,98 > /root/facteur-deduplication.txt
