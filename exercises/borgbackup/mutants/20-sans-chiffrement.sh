#!/bin/bash
# A repository in the right place, in the clear.
set -euo pipefail
export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes

rm -rf /sauvegarde/depot
borg init --encryption=none /sauvegarde/depot
