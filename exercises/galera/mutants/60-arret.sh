#!/bin/bash
# One of the two that were left, stopped to have a look.
set -euo pipefail

systemctl stop mariadb
