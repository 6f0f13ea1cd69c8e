#!/bin/bash
# sauvegarde: the exported key « put in safety » on the machine that must not read, and a command
# of root's on the repository: the account can read it, and no more.
set -euo pipefail

identite=$(sed -n 's/^id = //p' /srv/borg/srv/config)
printf 'BORG_KEY %s\nhqlhbGdvcml0aG2mc2hhMjU2\n' "$identite" > /home/borg/cle-srv.txt
chown -R root:root /srv/borg/srv
chmod -R a+rX /srv/borg/srv
