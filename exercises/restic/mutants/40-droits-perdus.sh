#!/bin/bash
# A copy without « -a »: contents are right, everything belongs to root and all may read.
set -euo pipefail

cp -r --no-preserve=all "/srv/$PCAPRA_CLIENT" /var/tmp/copie
rm -rf "/srv/$PCAPRA_CLIENT"
mv /var/tmp/copie "/srv/$PCAPRA_CLIENT"
