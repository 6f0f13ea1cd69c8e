#!/bin/bash
# web1: the line of all tutorials: TCP, and nothing kept while nobody listens.
set -euo pipefail

echo '*.* @@192.168.1.41:514' > /etc/rsyslog.d/20-vers-sup.conf
systemctl restart rsyslog
