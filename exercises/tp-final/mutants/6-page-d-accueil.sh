#!/bin/bash
# web1: rebuilt in haste, with another page.
set -euo pipefail

echo '<h1>Welcome to nginx!</h1>' > /srv/www/index.html
