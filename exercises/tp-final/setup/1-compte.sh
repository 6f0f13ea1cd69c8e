#!/bin/bash
# lb1, lb2, web1, web2, sup: the password that comes with a rented machine, to be used once.
set -euo pipefail

printf 'stagiaire:%s\n' "$PCAPRA_MDP" | chpasswd
