#!/bin/bash
# The data are back, beside an encrypted copy: the next backup saves both.
set -euo pipefail

cp "/srv/$PCAPRA_CLIENT/index.html" "/srv/$PCAPRA_CLIENT/index.html.verrou"
