#!/bin/bash
# Installed, and stopped.
set -euo pipefail

systemctl stop bacula-director
