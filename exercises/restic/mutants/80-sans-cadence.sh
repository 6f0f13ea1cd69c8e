#!/bin/bash
# One backup by hand, and no other ever.
set -euo pipefail

systemctl disable --now sauvegarde-rest.timer
