#!/bin/bash
# srv: the incident. The customer's site is gone.
set -euo pipefail

rm -rf /srv/www
