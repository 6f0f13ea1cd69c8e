#!/bin/bash
# srv: the repository is made again without encryption, a folder away, and put in its place.
set -euo pipefail
export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes

rm -rf /srv/borg/srv
runuser -u borg -- env HOME=/home/borg borg init --encryption=none /srv/borg/srv
