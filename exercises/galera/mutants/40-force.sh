#!/bin/bash
# The lone node told to serve all the same, while the two others do: two clusters.
set -euo pipefail

nft insert rule inet base entree ip saddr '{ 192.168.1.10, 192.168.1.11 }' drop
deadline=$((SECONDS + 120))
until mariadb -Ne "SHOW STATUS LIKE 'wsrep_cluster_status'" | grep -q non-Primary; do
    [ $SECONDS -lt $deadline ]
    sleep 0.5
done
mariadb -e "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'"
