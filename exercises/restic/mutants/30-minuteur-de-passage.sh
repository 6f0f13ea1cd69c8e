#!/bin/bash
# Started and not enabled: the next boot forgets it.
set -euo pipefail

systemctl disable sauvegarde-restic.timer
systemctl start sauvegarde-restic.timer
