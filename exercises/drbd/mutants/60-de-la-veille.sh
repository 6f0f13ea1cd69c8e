#!/bin/bash
# Started again from last night's backup: the last order is not in it.
set -euo pipefail

rm /srv/site/commandes/derniere
