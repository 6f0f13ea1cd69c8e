#!/bin/bash
# where=/srv/www: Bacula recreates the whole path below it.
set -euo pipefail

mkdir -p /srv/www.bis/srv
mv /srv/www /srv/www.bis/srv/www
mv /srv/www.bis /srv/www
