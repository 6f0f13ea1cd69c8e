#!/bin/bash
# db1, which has all the visits: written again, in a table that is replicated.
set -euo pipefail

mariadb boutique <<'FIN'
CREATE TABLE visites_galera (
    id INT AUTO_INCREMENT PRIMARY KEY,
    quand DATETIME NOT NULL,
    page VARCHAR(80) NOT NULL
) ENGINE=InnoDB;
INSERT INTO visites_galera (quand, page) SELECT quand, page FROM visites;
DROP TABLE visites;
RENAME TABLE visites_galera TO visites;
FIN
