#!/bin/bash
# sauvegarde: the neighbour paid for the clean-up.
set -euo pipefail

rm "$(find /srv/borg/compta/data -type f -size +60k | head -n 1)"
