#!/bin/bash
# serveur1: nobody looks after nginx.
set -euo pipefail

pcs resource op delete WebServer monitor
