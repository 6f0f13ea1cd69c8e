#!/bin/bash
# What is left when serveur2 was told to give up its writes.
set -euo pipefail

rm /srv/site/commandes/matin
