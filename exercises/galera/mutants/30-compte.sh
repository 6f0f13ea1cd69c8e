#!/bin/bash
# Debian's account for mysql is gone, as after loading another server's accounts.
set -euo pipefail

mariadb -e 'DROP USER mysql@localhost'
