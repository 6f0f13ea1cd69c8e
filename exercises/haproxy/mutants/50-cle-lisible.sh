#!/bin/bash
# The key for everybody's eyes.
set -euo pipefail

chmod 0644 /etc/haproxy/site.pem
