#!/bin/bash
# web1, web2: what HAProxy asks for, a plain file.
set -euo pipefail

echo ok > /var/www/html/health
