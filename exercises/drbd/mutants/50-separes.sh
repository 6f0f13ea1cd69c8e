#!/bin/bash
# Repaired, then cut off again: nothing is replicated.
set -euo pipefail

drbdadm disconnect data
