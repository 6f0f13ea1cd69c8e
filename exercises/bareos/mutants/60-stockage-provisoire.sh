#!/bin/bash
# Started by hand: the next boot will bring the failure back.
set -euo pipefail

systemctl disable --quiet bacula-sd
