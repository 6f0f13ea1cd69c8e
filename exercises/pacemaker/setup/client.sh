#!/bin/bash
# client: the service's name, and where notes are kept. nginx is of no use here.
set -euo pipefail

systemctl disable -q --now nginx
grep -q service.lan /etc/hosts || printf '192.168.1.101\tservice.lan\n' >> /etc/hosts
install -d -o stagiaire -g stagiaire /srv/suivi
