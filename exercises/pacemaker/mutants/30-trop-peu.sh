#!/bin/bash
# serveur1: two resources at 10 weigh less than a preference of 50.
set -euo pipefail

pcs resource defaults update resource-stickiness=10
