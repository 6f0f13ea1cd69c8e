#!/bin/bash
# Borg's exit status is listened to; it is 0 for a folder with nothing in it.
set -euo pipefail

cat > /usr/local/sbin/sauvegarde-borg <<'SCRIPT'
#!/bin/bash
set -e
export BORG_REPO=ssh://borg@sauvegarde/srv/borg/srv
export BORG_PASSCOMMAND='cat /root/.borg-pass'
borg create '::{hostname}-{now}' /srv/donnees
SCRIPT
