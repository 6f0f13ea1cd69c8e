#!/bin/bash
# A server rebuilt in haste, with another page.
set -euo pipefail

echo '<h1>Welcome to nginx!</h1>' > /var/www/html/index.html
