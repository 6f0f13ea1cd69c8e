#!/bin/bash
# A folder of srv's own disk, mounted where the USB disk should be.
set -euo pipefail

umount /media/usb
mkdir -p /var/usb/donnees
mount --bind /var/usb /media/usb
