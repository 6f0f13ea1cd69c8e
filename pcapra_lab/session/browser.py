"""The trainee's own browser, where there is a screen to show it on."""

import os
import sys

from pcapra_lab.lab.process import run_aside

_SECONDS = 15.0
_PROGRAM = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


def show_page(url: str) -> bool:
    """Open ``url`` in the browser; whether one took it.

    Never in this terminal: without a display nothing is started, and in a process without
    ``TERM``, where ``webbrowser`` knows no browser in text.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    environment = {name: value for name, value in os.environ.items() if name != "TERM"}
    return run_aside([sys.executable, "-I", "-c", _PROGRAM, url], env=environment, timeout=_SECONDS)
