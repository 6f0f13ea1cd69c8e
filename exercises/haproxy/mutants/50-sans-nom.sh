#!/bin/bash
# A certificate of the house with the name in its subject only.
set -euo pipefail

cd /root/ac
openssl req -new -key site.key -subj "/CN=$(hostname)" |
    openssl x509 -req -CA ac.crt -CAkey ac.key -CAcreateserial -days 365 -out court.crt
cat court.crt site.key > /etc/haproxy/site.pem
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
