#!/bin/bash
# The key is back, the archives are still deleted.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_REPO='ssh://borg@sauvegarde/srv/borg/parc'

borg delete --glob-archives '*'
