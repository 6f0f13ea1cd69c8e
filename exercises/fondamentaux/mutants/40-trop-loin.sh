#!/bin/bash
# Friday's archive as well: it holds what the ransomware left.
set -euo pipefail

tar --extract --listed-incremental=/dev/null --file=/sauvegarde/semaine/jour-5.tar \
    --directory=/srv
