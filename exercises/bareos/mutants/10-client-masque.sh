#!/bin/bash
# The client's unit was masked.
set -euo pipefail

systemctl mask --quiet --now bacula-fd
