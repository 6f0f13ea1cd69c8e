#!/bin/bash
# The same in Python, with absolute paths in the sums.
set -euo pipefail

cd /sauvegarde/semaine
sha256sum --binary /sauvegarde/semaine/jour-*.tar > SHA256SUMS

cat > /usr/local/sbin/verifie-sauvegarde <<'SCRIPT'
#!/usr/bin/python3
import subprocess
import sys
import tempfile
from pathlib import Path

folder = Path(sys.argv[1]).resolve()
with tempfile.TemporaryDirectory() as work:
    check = ["sha256sum", "--check", "--status"]
    steps = [[*check, "SHA256SUMS"]]
    steps += [["tar", "-xG", "-f", str(a), "-C", work] for a in sorted(folder.glob("jour-*.tar"))]
    for step in steps:
        if subprocess.run(step, cwd=folder).returncode:
            sys.exit(f"{folder} : {step[0]} échoue")
    if subprocess.run([*check, str(folder / "MANIFESTE")], cwd=work).returncode:
        sys.exit(f"{folder} : la restauration diffère")
SCRIPT
chmod 0700 /usr/local/sbin/verifie-sauvegarde
