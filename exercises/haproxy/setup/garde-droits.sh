#!/bin/bash
# web1 or web2: the home page can no longer be read; /health still can.
set -euo pipefail

chmod 0000 /var/www/html/index.html
