#!/bin/bash
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install --yes borgbackup
apt-get install --yes python3-pyfuse3 fuse3
