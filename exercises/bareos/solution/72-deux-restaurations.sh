#!/bin/bash
# A second job of type Restore: the console then asks which, before anything else.
set -euo pipefail

sed -n '/^Job {/,/^}/p' /etc/bacula/bacula-dir.conf /etc/bacula/bacula-dir.d/*.conf |
    python3 -c '
import re, sys
jobs = re.findall(r"^Job \{\n.*?^\}", sys.stdin.read(), re.MULTILINE | re.DOTALL)
[restore] = [job for job in jobs if re.search(r"Type\s*=\s*Restore", job)]
print(re.sub(r"(?m)^(\s*Name\s*=\s*).*", r"\1AutreRestauration", restore))
' > /etc/bacula/bacula-dir.d/seconde.conf
bacula-dir -t -c /etc/bacula/bacula-dir.conf
bconsole <<< reload
