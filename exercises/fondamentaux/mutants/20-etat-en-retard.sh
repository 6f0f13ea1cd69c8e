#!/bin/bash
# The copy was made, and tar was given another one.
set -euo pipefail

cp /sauvegarde/dimanche.snar /sauvegarde/lundi.snar
