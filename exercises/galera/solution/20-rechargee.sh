#!/bin/bash
# db1: the table saved to a file, put right there, and loaded again.
set -euo pipefail

mariadb-dump boutique visites > /root/visites.sql
sed -i -e 's/ENGINE=[A-Za-z]*/ENGINE=InnoDB/' \
    -e 's/^  `quand`/  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,\n&/' \
    -e 's/^INSERT INTO `visites`/& (quand, page)/' -e '/LOCK TABLES/d' -e '/ALTER TABLE/d' \
    /root/visites.sql
mariadb boutique < /root/visites.sql
