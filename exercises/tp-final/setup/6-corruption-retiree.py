#!/usr/bin/env python3
"""web2: the drill is given up. The site's files are whole again, and yesterday's orders."""

from lab_ledger import LEDGER, orders, sound
from lab_site import ROOT, planted

for name in ("catalogue.csv", "images/vitrine.raw"):
    (ROOT / name).write_bytes(planted()[name].content)
kept = [line for line in LEDGER.read_bytes().splitlines(keepends=True) if sound(line)]
LEDGER.write_bytes(b"".join([*orders(), *(line for line in kept if line not in orders())]))
