#!/bin/bash
# The first key of the list, which can do everything.
set -euo pipefail

sed -i -e 's/^AWS_ACCESS_KEY_ID=.*/AWS_ACCESS_KEY_ID=0039f2c1d7a4b600000000001/' \
    -e "s/^AWS_SECRET_ACCESS_KEY=.*/AWS_SECRET_ACCESS_KEY=$PCAPRA_SECRET_B2_COMPLET/" \
    /etc/restic/b2.env
