#!/bin/bash
# systemd will start nginx too.
set -euo pipefail

systemctl enable -q nginx
