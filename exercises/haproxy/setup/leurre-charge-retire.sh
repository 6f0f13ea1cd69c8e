#!/bin/bash
set -euo pipefail

systemctl stop empreintes.service 2> /dev/null || true
systemctl reset-failed empreintes.service 2> /dev/null || true
