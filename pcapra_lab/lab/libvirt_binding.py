"""Finding libvirt's Python binding.

PyPI carries no wheel of it, so a plain dependency would ask every host for a compiler and
libvirt's headers before ``doctor --fix`` could install them. The distribution's own package
(``python3-libvirt``) is built for the system's Python: in an environment made with that Python
it is loaded from the system's folder, and nothing else is.
"""

import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _

SYSTEM_PACKAGES = Path("/usr/lib/python3/dist-packages")


@cache
def load_libvirt() -> Any:
    """The ``libvirt`` module.

    Raises:
        EnvironmentProblem: neither this environment nor the system has it for this Python.
    """
    libvirt = _load("libvirt")
    # Errors come as exceptions; libvirt also prints them, which would tear a TUI's screen.
    libvirt.registerErrorHandler(lambda _context, _error: None, None)
    return libvirt


def load_libvirt_qemu() -> Any:
    """The ``libvirt_qemu`` module. Raises like ``load_libvirt``."""
    return _load("libvirt_qemu")


def _load(name: str) -> Any:
    if importlib.util.find_spec(name) is not None:
        return importlib.import_module(name)
    # For this one import only: nothing else may come from the system's folder.
    sys.path.append(str(SYSTEM_PACKAGES))
    try:
        return importlib.import_module(name)
    except ImportError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise EnvironmentProblem(
            _("la bibliothèque libvirt est introuvable pour Python {version} ({error})").format(
                version=version, error=error
            ),
            hint=_(
                "pcapra-lab doctor --fix installe python3-libvirt ; le programme doit tourner "
                "avec le Python du système (/usr/bin/python3)"
            ),
        ) from error
    finally:
        sys.path.remove(str(SYSTEM_PACKAGES))
