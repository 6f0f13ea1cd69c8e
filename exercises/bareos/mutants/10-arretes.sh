#!/bin/bash
# Installed, then stopped « for the night »; the next boot will not start them either.
set -euo pipefail

systemctl disable --quiet --now bacula-director bacula-sd bacula-fd
