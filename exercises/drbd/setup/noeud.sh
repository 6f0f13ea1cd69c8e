#!/bin/bash
# serveur1, serveur2: a site whose files will be on the replicated disk; nothing is started.
set -euo pipefail

systemctl disable -q --now nginx
rm -f /etc/nginx/sites-enabled/default
cat > /etc/nginx/sites-enabled/site <<'FIN'
server {
    listen 80 default_server;
    root /srv/site/www;
}
FIN
mkdir -p /srv/site
install -d -o stagiaire -g stagiaire /srv/suivi
cat > /usr/local/sbin/latence <<'FIN'
#!/usr/bin/python3
"""How long a write of 4 KiB waits to be safe: the median of nine, in milliseconds."""

import os
import statistics
import sys
import time

block = b"x" * 4096
with open(sys.argv[1], "wb") as made:
    made.write(block * 9)
    made.flush()
    os.fsync(made.fileno())
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_DSYNC)
took = []
for number in range(9):
    began = time.monotonic()
    os.pwrite(fd, block, number * 4096)
    took.append(time.monotonic() - began)
print(f"{statistics.median(took) * 1000:.1f} ms par écriture")
FIN
chmod 0755 /usr/local/sbin/latence
