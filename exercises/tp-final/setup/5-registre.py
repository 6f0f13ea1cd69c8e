#!/usr/bin/env python3
"""web1, web2: the register of orders, which grows all day; yesterday's are in it."""

from lab_ledger import LEDGER, orders

LEDGER.parent.mkdir(exist_ok=True)
if not LEDGER.exists():
    LEDGER.write_bytes(b"".join(orders()))
    LEDGER.chmod(0o640)
