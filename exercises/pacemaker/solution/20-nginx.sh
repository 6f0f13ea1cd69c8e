#!/bin/bash
# serveur1, serveur2: nginx no longer is systemd's.
set -euo pipefail

systemctl disable -q --now nginx
