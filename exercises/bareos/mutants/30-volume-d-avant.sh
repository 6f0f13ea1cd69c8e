#!/bin/bash
# The pool was corrected, the volume keeps the year it was born with; and all that srv keeps
# private is in a file that every account may read.
set -euo pipefail

bconsole <<< 'update volume=Vol-0001 VolRetention=365days'
chmod 0755 /srv/bacula
chmod 0644 /srv/bacula/Vol-0001
