#!/bin/bash
# A note from habit: the first one is always the one that dies.
set -euo pipefail

printf 'perdu=db1\nsert=db2\n' > /srv/boutique/constat
