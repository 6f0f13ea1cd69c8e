#!/bin/bash
# lb1: web1 takes new sessions again; its maintenance is over.
set -euo pipefail

systemctl restart haproxy
