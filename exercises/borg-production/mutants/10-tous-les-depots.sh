#!/bin/bash
# A restriction one folder too high: the other customers' repositories are below it.
set -euo pipefail

sed -i 's|--restrict-to-repository /srv/borg/parc|--restrict-to-path /srv/borg|' \
    ~borg/.ssh/authorized_keys
