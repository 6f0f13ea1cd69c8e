#!/bin/bash
# What is left when tar is given the state of Sunday itself.
set -euo pipefail

cp /sauvegarde/mardi.snar /sauvegarde/dimanche.snar
