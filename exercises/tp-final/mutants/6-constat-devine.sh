#!/bin/bash
# sup: a note from habit, the wrong way round.
set -euo pipefail

printf 'perdu=lb2\ntenant=lb1\nalerte=InstanceDown\n' > /srv/suivi/repartiteur
