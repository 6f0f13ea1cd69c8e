"""What is loaded when: a command that checks a step must not pay for a screen or for libvirt."""

import subprocess
import sys

import pytest

LOOK = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*sorted(sys.modules), sep="\\n")
"""


def loaded_by(module: str) -> set[str]:
    """The modules that a fresh interpreter has once it has imported ``module``."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, module], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


HEAVY = {
    "libvirt", "libvirt_qemu", "libvirtmod", "markdown_it", "paramiko", "pydantic", "pygments",
    "pyghostty", "sqlite3", "yaml",
}  # fmt: skip
"""What takes its time to load and paints nothing."""


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("pcapra_lab.cli.main", {"textual", *HEAVY}),
        ("pcapra_lab.ui.app", {"click", "pcapra_lab.ui.lesson.screen", *HEAVY}),
        ("pcapra_lab.session.deferred", {"textual", "click", *HEAVY}),
        ("pcapra_lab.session.application", {"textual", "libvirt", "libvirt_qemu", "click"}),
        ("pcapra_lab.lab.lifecycle", {"textual", "libvirt", "click"}),
        ("pcapra_lab.content.catalogue", {"textual", "libvirt", "paramiko", "click"}),
    ],
)
def test_an_import_brings_only_what_it_needs(module: str, unwanted: set[str]) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert loaded & unwanted == set()
