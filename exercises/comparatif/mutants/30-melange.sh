#!/bin/bash
# The other tool's file put in the place of a damaged one, cut short.
set -euo pipefail

truncate --size=-1 /srv/essai/srv/donnees/textes/0.txt
