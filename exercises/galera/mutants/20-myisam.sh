#!/bin/bash
# Back to the engine that nothing replicates.
set -euo pipefail

mariadb -e 'ALTER TABLE boutique.visites ENGINE=MyISAM'
