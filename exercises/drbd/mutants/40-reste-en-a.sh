#!/bin/bash
# The last measure was not put away.
set -euo pipefail

drbdadm net-options --protocol=A data
