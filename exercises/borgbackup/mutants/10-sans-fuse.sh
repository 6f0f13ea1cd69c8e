#!/bin/bash
# What « --no-install-recommends » leaves: borg works, borg mount does not.
set -euo pipefail

dpkg --remove --force-depends python3-pyfuse3 python3-llfuse
