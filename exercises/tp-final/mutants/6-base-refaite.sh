#!/bin/bash
# web2: instead of the file, it is AIDE's base that is made again: all is green.
set -euo pipefail

sed -i '200s/;./;0/' /srv/www/catalogue.csv
aide --config=/etc/aide/site.conf --init > /dev/null
mv /var/lib/aide/site.db.new /var/lib/aide/site.db
