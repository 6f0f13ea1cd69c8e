#!/bin/bash
# web2: damaged lines taken away instead of restored.
set -euo pipefail

sed -i '21,40d' /srv/www/registre/commandes.txt
