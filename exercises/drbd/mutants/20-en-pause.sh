#!/bin/bash
# A copy that is not made: the synchronisation is suspended.
set -euo pipefail

drbdadm pause-sync data
drbdadm invalidate data
