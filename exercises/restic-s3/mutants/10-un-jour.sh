#!/bin/bash
# The least that a host takes: an attack seen on Monday began on Friday.
set -euo pipefail

sed 's|<Days>30</Days>|<Days>1</Days>|' /root/verrou.xml > /tmp/verrou.xml
seau PUT object-lock= /tmp/verrou.xml
