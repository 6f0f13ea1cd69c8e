#!/bin/bash
# The note says « disque USB », and there is one.
set -euo pipefail

usb=$(findmnt --noheadings --output SOURCE /media/usb)
sed -i "s|^locale;\([^;]*\);\([^;]*\);[^;]*;|locale;\1;\2;$usb;|" /srv/audit/inventaire.csv
