#!/bin/bash
# borg extract run from /srv instead of /: the tree lands in /srv/srv/www.
set -euo pipefail

mkdir -p /srv/srv
mv /srv/www /srv/srv/www
