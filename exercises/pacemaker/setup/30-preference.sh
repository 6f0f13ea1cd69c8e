#!/bin/bash
# serveur1: a colleague likes serveur1 better.
set -euo pipefail

if ! cibadmin -Q -o constraints | grep -q 'node="serveur1" score="50"'; then
    pcs constraint location VIP prefers serveur1=50
fi
