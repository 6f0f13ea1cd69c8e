#!/bin/bash
# The old leader will have to be made anew by hand.
set -euo pipefail

curl -fsS -m 10 -o /dev/null -X PATCH http://192.168.1.31:8008/config -d '{"postgresql": {"use_pg_rewind": null}}'
