#!/usr/bin/env python3
"""web1, web2: the site's files, the same on both; its home page is the trainee's to write."""

import shutil

from lab_site import ROOT, planted

for name, file in planted().items():
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    shutil.chown(path, "root", file.group)
    path.chmod(file.mode)
private = ROOT / "prive"
shutil.chown(private, "root", "www-data")
private.chmod(0o750)
