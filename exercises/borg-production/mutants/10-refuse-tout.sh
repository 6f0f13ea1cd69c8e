#!/bin/bash
# The repository opens for reading and takes nothing more: its quota is spent. In its own
# configuration: `borg serve --storage-quota` refuses to start below 10 MB.
set -euo pipefail

sed -i 's/^storage_quota = .*/storage_quota = 1M/' /srv/borg/parc/config
grep -q '^storage_quota = 1M$' /srv/borg/parc/config
