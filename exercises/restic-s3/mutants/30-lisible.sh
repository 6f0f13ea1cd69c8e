#!/bin/bash
# The usual umask: the folder and the file are open to all accounts.
set -euo pipefail

chmod 0755 /etc/restic
chmod 0644 /etc/restic/nuage.env
