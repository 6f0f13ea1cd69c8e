#!/bin/bash
# lb1: a key, a certificate signed by the house for the site's name, a door.
set -euo pipefail

cd /root/ac
nom="www.$PCAPRA_CLIENT.lan"
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout site.key \
    -out site.csr -subj "/CN=$nom" -addext "subjectAltName=DNS:$nom"
openssl x509 -req -in site.csr -CA ac.crt -CAkey ac.key -CAcreateserial -days 365 \
    -copy_extensions copyall -out site.crt
(umask 077; cat site.crt site.key > /etc/haproxy/site.pem)
sed -i '/^    bind \*:80$/a\    bind *:443 ssl crt /etc/haproxy/site.pem' /etc/haproxy/haproxy.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
# Once the reload has handed over, not before.
curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -o /dev/null --cacert ac.crt \
    --resolve "$nom:443:127.0.0.1" "https://$nom/"
