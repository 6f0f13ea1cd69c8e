#!/bin/bash
# A well-formed key, exported from another repository.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

borg init --encryption=repokey /tmp/autre
borg key export /tmp/autre /root/borg-cle.txt
rm -rf /tmp/autre
