#!/bin/bash
# A note from habit: the backup is always the one that dies.
set -euo pipefail

printf 'perdu=lb2\ntenant=lb1\n' > /srv/suivi/constat
