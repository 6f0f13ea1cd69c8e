#!/bin/bash
# The key as the first Borg lesson left it: a shell, where « rm -rf » needs no Borg.
set -euo pipefail

sed -i 's/^.*ssh-ed25519 /ssh-ed25519 /' ~borg/.ssh/authorized_keys
