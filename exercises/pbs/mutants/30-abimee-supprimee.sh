#!/bin/bash
# The damaged archive is deleted: nothing is damaged any more, and a restore point is lost.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

borg delete "ssh://borg@sauvegarde/srv/borg/srv::$(head -n 1 /root/archives-touchees.txt)"
