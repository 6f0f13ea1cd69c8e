#!/bin/bash
# sup: the note; AIDE on both web servers said it.
set -euo pipefail

printf 'serveur=web2\nfichiers=catalogue.csv images/vitrine.raw\n' > /srv/suivi/donnees
