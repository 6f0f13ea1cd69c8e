#!/bin/bash
# serveur2: the link is back, and both have written.
set -euo pipefail

nft delete table inet incident 2> /dev/null || true
timeout 90 sh -c 'until grep -q cs:StandAlone /proc/drbd || dmesg | grep -q "Split-Brain detected but unresolved"; do sleep 0.5; done'
