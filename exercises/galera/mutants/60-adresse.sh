#!/bin/bash
# An address typed too fast: nobody lives there.
set -euo pipefail

sed -i 's/^host.*/host = 192.168.1.13/' /srv/boutique/base.cnf
