#!/bin/bash
# serveur1, serveur2: the resource no longer is systemd's.
set -euo pipefail

systemctl disable -q drbd@data.target
