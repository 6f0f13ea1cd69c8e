#!/bin/bash
# client: the shop's application, a single file says which server it asks.
set -euo pipefail

install -d -o stagiaire -g stagiaire /srv/boutique
install -o stagiaire -g stagiaire -m 0600 /dev/stdin /srv/boutique/base.cnf <<FIN
[client]
host = 192.168.1.10
user = boutique
password = $PCAPRA_MDP
database = boutique
connect-timeout = 2
FIN
install -m 0755 /dev/stdin /usr/local/bin/commander <<'FIN'
#!/bin/sh
# commander [ARTICLE [HÔTE]] : une commande de plus, par le serveur de /srv/boutique/base.cnf.
exec mariadb --defaults-file=/srv/boutique/base.cnf ${2:+--host="$2"} -N -e \
    "INSERT INTO commandes (article) VALUES ('${1:-sonde $PCAPRA_NUMBER}');
    SELECT CONCAT('commande ', LAST_INSERT_ID(), ' prise par ', @@hostname)"
FIN
