#!/bin/bash
# The usual umask: every account of the machine can read the passphrase.
set -euo pipefail

chmod 0644 /root/.borg-pass
