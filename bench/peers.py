"""Programs to compare with, each in a virtual environment thrown away by ``rm -r bench/.peers``."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[0] / ".peers"


def install(package: str, *others: str) -> Path | None:
    """The environment that holds ``package`` and what it needs, made if need be.

    Returns:
        None if pip could not.
    """
    home = FOLDER / package
    done = home / "installed"
    if done.exists():
        return home
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    pip = [str(home / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
    pip += [package, *others]
    if subprocess.run(pip, check=False).returncode:
        return None
    done.touch()
    return home


def packages(home: Path) -> Path:
    """Where an environment's packages are."""
    return next(home.glob("lib/python*/site-packages"))


def version(home: Path, package: str) -> str:
    """Which version was measured."""
    found = next(packages(home).glob(f"{package}-*.dist-info"))
    return found.name.removeprefix(f"{package}-").removesuffix(".dist-info")
