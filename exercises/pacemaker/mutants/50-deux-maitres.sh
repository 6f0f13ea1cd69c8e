#!/bin/bash
# systemd will start the resource too.
set -euo pipefail

systemctl enable -q drbd@data.target
