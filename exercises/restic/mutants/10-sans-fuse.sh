#!/bin/bash
# What « --no-install-recommends » leaves: restic works, restic mount does not.
set -euo pipefail

dpkg --remove --force-depends fuse3
