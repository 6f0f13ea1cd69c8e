#!/bin/bash
# The service fails each night on a mere warning: soon nobody reads the alerts.
set -euo pipefail

sed -i '/^SuccessExitStatus=/d' /etc/systemd/system/sauvegarde-parc.service
systemctl daemon-reload
