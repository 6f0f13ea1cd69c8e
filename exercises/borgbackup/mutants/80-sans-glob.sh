#!/bin/bash
# A retention on the whole repository: another host's archives go.
set -euo pipefail

sed -i "s/ --glob-archives '{hostname}-\*'//" /usr/local/sbin/sauvegarde-borg
/usr/local/sbin/sauvegarde-borg || test $? -eq 1
