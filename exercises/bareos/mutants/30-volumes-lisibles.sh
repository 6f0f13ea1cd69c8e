#!/bin/bash
# All that srv keeps private, in a file that every account may read.
set -euo pipefail

chmod 0755 /srv/bacula
chmod 0644 /srv/bacula/Vol-0001
