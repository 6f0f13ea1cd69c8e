#!/bin/bash
# The contents are saved, the rights are not.
set -euo pipefail

tar --create --file=/sauvegarde/dimanche.tar --directory=/srv --mode=u=rwX,go=rX donnees
