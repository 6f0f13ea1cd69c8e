#!/bin/bash
# The usual umask: every account reads the client's password.
set -euo pipefail

chmod 0755 /etc/bacula/secrets
chmod 0644 /etc/bacula/secrets/srv-fd
