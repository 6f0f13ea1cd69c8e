#!/bin/bash
# srv: the incident. The data are gone.
set -euo pipefail

rm -rf /srv/donnees
