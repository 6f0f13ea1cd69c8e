#!/bin/bash
# serveur2: nginx was told to stop, by the cluster.
set -euo pipefail

pcs resource disable WebServer
timeout 90 sh -c 'while curl -fsS -m 1 -o /dev/null http://192.168.1.101/; do sleep 0.5; done'
