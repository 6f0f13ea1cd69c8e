#!/bin/bash
# Object Lock allowed, and no rule: what is written without asking is not held.
set -euo pipefail

sed '/<Rule>/,/<\/Rule>/d' /root/verrou.xml > /tmp/verrou.xml
seau PUT object-lock= /tmp/verrou.xml
