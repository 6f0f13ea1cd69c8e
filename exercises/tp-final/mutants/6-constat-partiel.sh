#!/bin/bash
# sup: the file that somebody complained about, and no other one.
set -euo pipefail

printf 'serveur=web2\nfichiers=catalogue.csv\n' > /srv/suivi/donnees
