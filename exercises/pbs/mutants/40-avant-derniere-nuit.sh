#!/bin/bash
# A restore from the archive before the last: one block of the disk is a night old.
set -euo pipefail
cd "/srv/vm/$PCAPRA_CLIENT"

dd if=modele.raw of=disque.raw bs=64K skip=30 seek=30 count=1 conv=notrunc status=none
