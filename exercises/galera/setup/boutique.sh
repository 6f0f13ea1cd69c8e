#!/bin/bash
# db1: the shop's database, alone on its server until now, and the account of its application.
set -euo pipefail

systemctl start mariadb
mariadb <<FIN
CREATE DATABASE boutique;
USE boutique;
CREATE TABLE commandes (
    id INT AUTO_INCREMENT PRIMARY KEY,
    article VARCHAR(80) NOT NULL,
    passee TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE=InnoDB;
INSERT INTO commandes (article) VALUES ('$PCAPRA_REPERE');
CREATE TABLE visites (quand DATETIME NOT NULL, page VARCHAR(80) NOT NULL) ENGINE=MyISAM;
INSERT INTO visites VALUES
    ('2026-01-12 09:00:00', '/$PCAPRA_REPERE/accueil'),
    ('2026-01-12 09:01:00', '/$PCAPRA_REPERE/catalogue');
CREATE USER boutique@'192.168.1.%' IDENTIFIED BY '$PCAPRA_MDP';
GRANT SELECT, INSERT, UPDATE, DELETE ON boutique.* TO boutique@'192.168.1.%';
FIN
