#!/bin/bash
# The right contents, copied without permissions or owners.
set -euo pipefail

chmod -R u=rwX,go=rX /srv/vm
