#!/bin/bash
# The program on the joiner only: this node could not be its donor.
set -euo pipefail

dpkg --remove mariadb-backup > /dev/null
