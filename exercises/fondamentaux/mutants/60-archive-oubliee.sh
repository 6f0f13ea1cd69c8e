#!/bin/bash
# The last archive has no sum.
set -euo pipefail

cd /sauvegarde/semaine
sha256sum jour-[0-3].tar > SHA256SUMS
