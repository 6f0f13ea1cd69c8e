#!/bin/bash
# A copy without « -a »: contents are right, everything belongs to root and all may read.
set -euo pipefail

cp -r --no-preserve=all "/srv/www/$PCAPRA_CLIENT" /tmp/copie
rm -rf "/srv/www/$PCAPRA_CLIENT"
mv /tmp/copie "/srv/www/$PCAPRA_CLIENT"
