#!/bin/bash
# web1: the drill is given up, nginx goes on.
set -euo pipefail

systemctl kill --signal=SIGCONT nginx.service || true
systemctl start nginx.service
