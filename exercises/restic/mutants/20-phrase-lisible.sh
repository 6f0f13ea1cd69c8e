#!/bin/bash
# The usual umask: every account of the machine can read the password.
set -euo pipefail

chmod 0644 /root/.restic-pass
