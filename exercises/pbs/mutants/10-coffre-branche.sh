#!/bin/bash
# The key is in the safe, and the safe is open.
set -euo pipefail

mount /media/coffre
