#!/bin/bash
# The right engine, and no key to find a row by.
set -euo pipefail

mariadb -e 'ALTER TABLE boutique.visites MODIFY id INT NOT NULL, DROP PRIMARY KEY'
