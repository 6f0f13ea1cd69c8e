#!/bin/bash
set -euo pipefail

runuser -u borg -- env HOME=/home/borg BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES \
    borg check --repair --repository-only /srv/borg/srv
