#!/bin/bash
# A resource that the next boot forgets.
set -euo pipefail

systemctl disable -q drbd@data.target
