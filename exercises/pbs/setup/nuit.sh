#!/bin/bash
# srv: a night of work of the virtual machine. It wrote one block of 64 KiB in its disk.
set -euo pipefail

python3 - <<'PY'
import os
import random
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
with (Path("/srv/vm") / client / "disque.raw").open("r+b") as disk:
    disk.seek(640 << 10)
    disk.write(random.Random(f"{client}-nuit1").randbytes(64 << 10))
PY
