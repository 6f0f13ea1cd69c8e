#!/bin/bash
# A backup of the catalogue that someone must think of.
set -euo pipefail

sed -i '/^  Schedule = ApresLaNuit/d' /etc/bacula/bacula-dir.d/catalogue.conf
bconsole <<< reload
