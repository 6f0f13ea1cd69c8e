#!/bin/bash
# serveur1: staying is worth more than the preference.
set -euo pipefail

pcs resource defaults update resource-stickiness=100
