#!/bin/bash
# Restic's restore, one folder higher than the other.
set -euo pipefail

mv /srv/essai/srv/donnees /srv/essai/donnees
