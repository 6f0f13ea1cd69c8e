#!/bin/bash
# web1, or web2 during the watch: a setting pasted by someone in a hurry, and a restart that fails.
set -euo pipefail

printf 'client_body_buffer_size 16 k;\n' > /etc/nginx/conf.d/tampons.conf
systemctl restart nginx 2> /dev/null || true
