#!/bin/bash
# A copy without « -a »: contents are right, everything belongs to root and all may read.
set -euo pipefail

cp -r --no-preserve=all /srv/donnees /tmp/copie
rm -rf /srv/donnees
mv /tmp/copie /srv/donnees
