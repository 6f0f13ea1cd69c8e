#!/bin/bash
set -euo pipefail

runuser -u borg -- env HOME=/home/borg borg compact --verbose /srv/borg/srv
