#!/bin/bash
# No file daemon for the director's own machine: who would save the catalogue?
set -euo pipefail

systemctl disable --quiet --now bacula-fd
