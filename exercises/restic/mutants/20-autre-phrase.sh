#!/bin/bash
# A repository made with the password of the course's document, not with the file's.
set -euo pipefail
export HOME=/root

rm -rf /sauvegarde/restic
RESTIC_PASSWORD=MotDePasseComplexe restic init --repo /sauvegarde/restic
