#!/bin/bash
# The last immutable snapshot lacks the contract: immutable, and useless.
set -euo pipefail
export HOME=/root RESTIC_PASSWORD_FILE=/root/.restic-pass
export RESTIC_REPOSITORY_FILE=/root/.restic-rest

restic backup --quiet --tag nuit --exclude='*.t*' /etc /home "/srv/$PCAPRA_CLIENT"
