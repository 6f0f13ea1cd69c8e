#!/bin/bash
# serveur1: go on without a quorum, so that « it never stops ».
set -euo pipefail

pcs property set no-quorum-policy=ignore
