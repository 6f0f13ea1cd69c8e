#!/bin/bash
# web1 or web2: the home page is readable again.
set -euo pipefail

chmod 0644 /var/www/html/index.html
