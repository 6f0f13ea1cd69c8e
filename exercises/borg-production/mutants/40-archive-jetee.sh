#!/bin/bash
# No more errors: the damaged archive was thrown away.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'

borg delete "::$(head -n 1 /root/archive-abimee)"
