#!/bin/bash
# One last snapshot by hand, without the contract, and no other ever.
set -euo pipefail
export HOME=/root

systemctl disable --now sauvegarde-s3@nuage.timer
systemctl stop sauvegarde-s3@nuage.service
sauvegarde-s3 nuage backup --quiet --tag nuit --exclude contrat.txt "/srv/$PCAPRA_CLIENT"
