#!/bin/bash
# What is left when a node that was behind begins: the last order is nowhere.
set -euo pipefail

mariadb boutique -e "DELETE FROM commandes WHERE article = 'dernière $PCAPRA_JETON'"
