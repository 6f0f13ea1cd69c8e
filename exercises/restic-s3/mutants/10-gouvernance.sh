#!/bin/bash
# The milder mode: whoever holds the administrator's key gets past it.
set -euo pipefail

sed s/COMPLIANCE/GOVERNANCE/ /root/verrou.xml > /tmp/verrou.xml
seau PUT object-lock= /tmp/verrou.xml
