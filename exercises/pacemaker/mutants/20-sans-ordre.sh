#!/bin/bash
# serveur1: together, in no order.
set -euo pipefail

pcs constraint delete order-VIP-WebServer-mandatory
