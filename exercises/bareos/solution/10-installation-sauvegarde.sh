#!/bin/bash
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install --yes --no-install-recommends dma \
    bacula-director bacula-director-sqlite3 bacula-sd bacula-fd bacula-console
