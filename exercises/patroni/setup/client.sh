#!/bin/bash
# client: where notes are kept.
set -euo pipefail

install -d -o stagiaire -g stagiaire /srv/suivi
