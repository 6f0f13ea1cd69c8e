#!/bin/bash
# A copy that is not made: the synchronisation is suspended.
set -euo pipefail

# Refused while the machines, just restored, are finding each other.
timeout 90 sh -c 'until grep -q ds:UpToDate/UpToDate /proc/drbd; do sleep 0.5; done'
drbdadm pause-sync data
drbdadm invalidate data
