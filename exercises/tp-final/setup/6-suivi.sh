#!/bin/bash
# sup, for the scenario named: where the trainee writes what was seen; alerts older than it do not
# count.
set -euo pipefail

install -d -o stagiaire -g stagiaire /srv/suivi
touch /var/log/alertes.jsonl
wc -l < /var/log/alertes.jsonl > "/var/lib/pcapra/tp-$1"
