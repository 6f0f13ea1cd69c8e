#!/bin/bash
# A segment from before the attack is removed, too old by one.
set -euo pipefail

rm "$(find /srv/borg/parc/data -type f -size +100k | sort -V | head -n 1)"
