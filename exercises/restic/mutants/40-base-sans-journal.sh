#!/bin/bash
# A database put back from a copy without its log: it opens, and the last articles are missing.
set -euo pipefail

python3 - <<'PY'
import os
import sqlite3

base = sqlite3.connect(f"/srv/{os.environ['PCAPRA_CLIENT']}/stock.db")
with base:
    base.execute("DELETE FROM articles WHERE numero > 40")
base.close()
PY
