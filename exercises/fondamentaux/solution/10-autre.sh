#!/bin/bash
# Compressed, and from within the folder.
set -euo pipefail

mkdir -p /sauvegarde
cd /srv/donnees
tar -czf /sauvegarde/dimanche.tar -g /sauvegarde/dimanche.snar .
