#!/bin/bash
# It runs, until the next boot.
set -euo pipefail

systemctl disable --quiet bacula-sd
