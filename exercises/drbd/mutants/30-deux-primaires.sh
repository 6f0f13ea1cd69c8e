#!/bin/bash
# serveur1 writes too: allowed, and deadly for a file system that is not made for it.
set -euo pipefail

drbdadm net-options --allow-two-primaries=yes data
drbdadm primary data
