#!/bin/bash
# Asynchronous, where nothing may be lost.
set -euo pipefail

sed -i 's/protocol C/protocol A/' /etc/drbd.d/data.res
drbdadm adjust data
