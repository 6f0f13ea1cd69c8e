#!/bin/bash
# The report names another pack, and a support ticket is opened for a healthy disk.
set -euo pipefail

find /sauvegarde/restic/data -type f -printf '%f\n' | sort |
    grep -vxF -f /root/paquet-abime.txt | sed -n 1p > /root/autre
mv /root/autre /root/paquet-abime.txt
