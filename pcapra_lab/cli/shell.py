"""A VM's shell in the present terminal."""

import os
import shutil
import signal
import sys
import termios
import threading
import tty
from collections.abc import Callable

from pcapra_lab.remote.shell import Shell


def interact(opener: Callable[[int, int], Shell]) -> None:
    """Join the terminal to a shell until the shell ends.

    Args:
        opener: given columns and rows, opens the shell.
    """
    size = shutil.get_terminal_size()
    shell = opener(size.columns, size.lines)
    keyboard = sys.stdin.fileno()
    saved = termios.tcgetattr(keyboard)
    ended = threading.Event()

    def resized(*_: object) -> None:
        now = shutil.get_terminal_size()
        shell.resize(now.columns, now.lines)

    def type_in() -> None:
        while not ended.is_set():
            data = os.read(keyboard, 4096)
            if not data:
                break
            try:
                shell.sendall(data)
            except OSError:
                break

    previous = signal.signal(signal.SIGWINCH, resized)
    try:
        tty.setraw(keyboard)
        # Blocked in read() when the shell ends: a daemon, so that the process can leave.
        threading.Thread(target=type_in, daemon=True).start()
        while data := shell.recv(65536):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    finally:
        ended.set()
        termios.tcsetattr(keyboard, termios.TCSADRAIN, saved)
        signal.signal(signal.SIGWINCH, previous)
        shell.close()
