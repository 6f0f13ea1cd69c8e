#!/bin/bash
set -euo pipefail

sudo -H -u borg borg config /srv/borg/parc append_only 1
