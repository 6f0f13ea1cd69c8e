#!/usr/bin/env python3
"""client: what the catalogue should be, for the probe that compares; nobody else reads it."""

from pathlib import Path

from lab_site import planted

reference = Path("/var/lib/pcapra/catalogue.csv")
reference.write_bytes(planted()["catalogue.csv"].content)
reference.chmod(0o600)
