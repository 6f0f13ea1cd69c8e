#!/bin/bash
# The state file of another folder.
set -euo pipefail

rm /sauvegarde/dimanche.snar
tar --create --file=/dev/null --listed-incremental=/sauvegarde/dimanche.snar --directory=/etc apt
