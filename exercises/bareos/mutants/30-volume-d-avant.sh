#!/bin/bash
# The pool was corrected, the volume keeps the year it was born with.
set -euo pipefail

bconsole <<< 'update volume=Vol-0001 VolRetention=365days'
