#!/bin/bash
# serveur1: nothing keeps them together, and they are not.
set -euo pipefail

pcs constraint delete colocation-WebServer-VIP-INFINITY
if crm_resource --locate -r VIP | grep -q serveur1; then autre=serveur2; else autre=serveur1; fi
crm_resource --move -r WebServer -N "$autre"
timeout 90 sh -c 'while curl -fsS -m 1 -o /dev/null http://192.168.1.101/; do sleep 0.5; done'
timeout 90 sh -c "until crm_resource --locate -r WebServer | grep -q $autre; do sleep 0.5; done"
