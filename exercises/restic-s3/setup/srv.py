#!/usr/bin/env python3
"""srv: the customer's site, the host's names, and the authority that came with the contract."""

import re
import shutil
import subprocess
from pathlib import Path

from lab_s3 import B2, CA, NUAGE
from lab_shop import SITE, planted

ADDRESS = "192.168.1.60"

shutil.rmtree(SITE, ignore_errors=True)
for name, (mode, group, content) in planted().items():
    path = SITE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    shutil.chown(path, "root", group)
    path.chmod(mode)
shutil.chown(SITE / "prive", "root", "www-data")
(SITE / "prive").chmod(0o750)

hosts = Path("/etc/hosts")
line = f"{ADDRESS} {NUAGE.host} {B2.host}\n"
if line not in hosts.read_text():
    with hosts.open("a") as stream:
        stream.write(line)

shown = subprocess.run(
    ["openssl", "s_client", "-connect", f"{ADDRESS}:443", "-showcerts"],
    stdin=subprocess.DEVNULL, check=False, capture_output=True, text=True, timeout=60,
)  # fmt: skip
chain = re.findall(r"-----BEGIN CERT.*?END CERTIFICATE-----\n", shown.stdout, re.DOTALL)
if len(chain) < 2:
    raise SystemExit(f"no authority: {shown.stderr[-300:]}")
CA.parent.mkdir(parents=True, exist_ok=True)
CA.write_text(chain[-1])
