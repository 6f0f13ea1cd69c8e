#!/bin/bash
# The job checks srv's repository only: the next client will never be checked.
set -euo pipefail

sed -i 's|/srv/borg/\*/|/srv/borg/srv/|' /usr/local/sbin/verifier-depots
