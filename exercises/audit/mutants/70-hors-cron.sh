#!/bin/bash
# A test that somebody has to think of.
set -euo pipefail

rm /etc/cron.d/essai-restauration
