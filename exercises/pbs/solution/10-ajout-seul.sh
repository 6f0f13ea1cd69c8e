#!/bin/bash
set -euo pipefail

runuser -u borg -- env HOME=/home/borg borg config /srv/borg/srv append_only 1
