"""What the setup of « Restic chez un hébergeur S3 » installs of the simulator."""

import ast

from guest_modules import SHARED

from pcapra_lab.content.shared_code import shared_modules

SETUP = SHARED.parent / "restic-s3/setup/hebergeur.py"


def test_every_module_of_the_simulator_is_installed() -> None:
    installed = next(
        ast.literal_eval(node.value)
        for node in ast.parse(SETUP.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SIMULATOR"
    )
    needed = shared_modules("#!/usr/bin/env python3\nimport lab_s3_server\n", SHARED)
    assert list(installed) == list(needed)
