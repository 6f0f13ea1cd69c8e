#!/bin/bash
# A note from habit.
set -euo pipefail

printf 'perdu=serveur2\ntenant=serveur1\nvoix=3\n' > /srv/suivi/constat
