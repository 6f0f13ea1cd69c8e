#!/bin/bash
# Append-only, on all the repositories of the account.
set -euo pipefail

sed -i 's| --restrict-to-repository /srv/borg/srv||' ~borg/.ssh/authorized_keys
