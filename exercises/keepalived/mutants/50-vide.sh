#!/bin/bash
# A firewall that lets everything in.
set -euo pipefail

nft delete table inet repartiteur
