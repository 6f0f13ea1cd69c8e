#!/bin/bash
# The package is installed as far as dpkg knows, and cannot run.
set -euo pipefail

dpkg --remove --force-depends python3-msgpack
