#!/bin/bash
# serveur1 gave up its writes, and nobody had looked at them.
set -euo pipefail

rm /srv/site/commandes/nuit
