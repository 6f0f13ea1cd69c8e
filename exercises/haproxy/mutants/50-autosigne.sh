#!/bin/bash
# A certificate that signs itself, for the right name.
set -euo pipefail

nom="www.$PCAPRA_CLIENT.lan"
cd /root/ac
openssl req -x509 -new -key site.key -days 365 -subj "/CN=$nom" -addext "subjectAltName=DNS:$nom" -out seul.crt
cat seul.crt site.key > /etc/haproxy/site.pem
haproxy -c -q -f /etc/haproxy/haproxy.cfg
systemctl restart haproxy
