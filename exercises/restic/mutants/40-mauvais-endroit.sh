#!/bin/bash
# Restored into /restore, and left there: the course's command, to the end.
set -euo pipefail

mkdir -p /restore/srv
mv "/srv/$PCAPRA_CLIENT" /restore/srv/
