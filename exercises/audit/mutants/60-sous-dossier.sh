#!/bin/bash
# An archive that is not empty, made of the accounts only.
set -euo pipefail

sed -i "s|\"::\$A\" /srv/donnees|\"::\$A\" /srv/donnees/*/comptes|" /usr/local/sbin/sauvegarde-borg
