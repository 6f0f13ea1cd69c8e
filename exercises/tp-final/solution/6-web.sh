#!/bin/bash
# web1: a process that hears nothing any more is replaced.
set -euo pipefail

systemctl restart nginx
curl -fsS -m 5 --retry 30 --retry-delay 1 --retry-all-errors -o /dev/null http://127.0.0.1/
