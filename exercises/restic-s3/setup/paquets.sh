#!/bin/bash
# Both machines: restic and rclone, which another lesson has installed by hand.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install --yes --no-install-recommends restic rclone
