#!/bin/bash
set -euo pipefail

systemctl reset-failed inventaire-parc.service 2> /dev/null || true
