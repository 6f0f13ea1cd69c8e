#!/bin/bash
# The full archive alone: sure, but older than need be.
set -euo pipefail

rm -rf /srv/secours
mkdir /srv/secours
tar --extract --listed-incremental=/dev/null --file=/sauvegarde/ancienne/jour-0.tar \
    --directory=/srv/secours
