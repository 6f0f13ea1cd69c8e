#!/bin/bash
# « To have it at hand »: the administrator's key, root's alone, on the server.
set -euo pipefail

(umask 077; printf 'AWS_SECRET_ACCESS_KEY=%s\n' "$PCAPRA_SECRET_ADMIN" > /root/menage.env)
