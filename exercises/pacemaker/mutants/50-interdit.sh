#!/bin/bash
# serveur1: a ban that was meant for one evening.
set -euo pipefail

if crm_resource --locate -r VIP | grep -q serveur1; then autre=serveur2; else autre=serveur1; fi
crm_resource --ban -r VIP -N "$autre"
