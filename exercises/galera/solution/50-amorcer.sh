#!/bin/bash
# db2, alone when it died, and the most advanced as galera_recovery tells: it begins.
set -euo pipefail

galera_new_cluster
