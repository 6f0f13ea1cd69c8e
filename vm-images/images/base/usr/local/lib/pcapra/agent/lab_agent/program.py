"""What a worker runs: a program, and the compiled code of the modules it brings."""

import builtins
import json
import os
import sys
import traceback
from ast import literal_eval
from types import CodeType
from typing import NamedTuple

PYTHON = ["python3", "-I", "-X", "utf8", "-"]
"""The program whose source comes by its standard input: run in a fork."""
MODULES = b"MODULES = "
"""How the first line of a program begins that brings modules of its own: a JSON text, as a Python
literal, of pairs of a name and a source."""


class Compiled:
    """The code of the modules that programs bring, by their sources.

    Compiling costs more than running, under emulation. This process never runs them: a fork that
    does finds its own in ``COMPILED``, a name of the program's.
    """

    LIMIT = 64

    def __init__(self) -> None:
        self.codes: dict[str, CodeType] = {}
        self._lines: set[bytes] = set()
        """First lines whose modules are all known: reading one again costs some milliseconds."""

    def prepare(self, program: bytes) -> None:
        """Compile the program's modules that are not yet known."""
        first = program.partition(b"\n")[0]
        if not first.startswith(MODULES) or first in self._lines:
            return
        modules = json.loads(literal_eval(first[len(MODULES) :].decode()))
        if max(len(self.codes), len(self._lines)) > self.LIMIT:
            self.codes.clear()
            self._lines.clear()
        for name, source in modules:
            if source not in self.codes:
                self.codes[source] = compile(source, name, "exec")
        self._lines.add(first)


class Program(NamedTuple):
    """What to run, and what is known of its modules."""

    argv: list[str]
    stdin: bytes
    compiled: dict[str, CodeType]


def run_python(program: Program) -> int:
    """Run a program in this process; its exit status."""
    sys.argv = ["-"]
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    status = 0
    try:
        module = {"__name__": "__main__", "__builtins__": builtins, "COMPILED": program.compiled}
        exec(compile(program.stdin, "<stdin>", "exec"), module)
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            sys.stderr.write(leaving.code + "\n")
    except BaseException:
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            status = status or 1
    return status & 0xFF
