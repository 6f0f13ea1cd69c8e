#!/bin/bash
# The repository opens for reading and takes nothing more: its quota is spent.
set -euo pipefail

sed -i 's| --append-only| --append-only --storage-quota 1M|' ~borg/.ssh/authorized_keys
