#!/bin/bash
# web2: the right bytes, copied by hand: permissions and owner are those of whoever copied.
set -euo pipefail

chown www-data:www-data /srv/www/images/vitrine.raw
