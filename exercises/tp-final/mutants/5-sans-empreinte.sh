#!/bin/bash
# web2: sizes and dates instead of contents.
set -euo pipefail

sed -i 's/^Site = .*/Site = ftype+p+u+g+s+m/' /etc/aide/site.conf
aide --config=/etc/aide/site.conf --init > /dev/null
mv /var/lib/aide/site.db.new /var/lib/aide/site.db
