"""``python -m bench.terminal``: the terminal beside pyte, the app's start beside its peers.

Interleaved rounds: each takes every measure once, on both sides. ``--write`` puts the tables in
``bench/README.md``. What is compared with is installed in ``bench/.peers``, never in the project.
"""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

# The tests' own PTY is the one used here; the programs measured get the same by PYTHONPATH.
sys.path.append(str(Path(__file__).parents[2] / "tests/ui/terminal"))

from bench import peers
from bench.report import write
from bench.terminal import measures, table
from bench.terminal.outer import NeverCame, own_environment
from bench.terminal.streams import STREAMS

_PEERS: dict[str, tuple[str, ...]] = {
    "harlequin": (),
    # posting 2.11 with tree-sitter 0.26 dies of a segmentation fault before its first paint.
    "posting": ("tree-sitter<0.26",),
}
_SIZES = {"ours": (30, 20), "pyte": (1, 1)}
"""Megabytes for an emulator alone and end to end: about a second or two each."""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.terminal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--megabytes", type=int, default=50, help="for the frame gaps (50)")
    parser.add_argument("--write", action="store_true", help="put the tables in bench/README.md")
    options = parser.parse_args()
    pyte = peers.install("pyte")
    if pyte is None:
        raise SystemExit("pyte could not be installed")
    found = {
        name: home
        for name, pins in _PEERS.items()
        if (home := peers.install(name, *pins)) is not None
    }
    results = table.Results()
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(1, options.rounds + 1):
            print(f"round {number}", file=sys.stderr, flush=True)
            speeds(results, peers.packages(pyte))
            gaps(results, options.megabytes)
            keys(results)
            paints(results, found, scratch)
    versions = {"pyte": pyte, **found}
    named = ", ".join(f"{name} {peers.version(at, name)}" for name, at in versions.items())
    host = (
        f"{os.cpu_count()} CPUs, host kernel {platform.release()}, "
        f"Python {platform.python_version()}; {named}; medians of {options.rounds} interleaved "
        "rounds."
    )
    text = table.table(results, host, options.megabytes)
    print(text)
    if options.write:
        write(text, table.BEGIN, table.END)


def speeds(results: table.Results, pyte: Path) -> None:
    """Emulators alone, then the same widget on each."""
    for stream in STREAMS:
        for core, (alone, within) in _SIZES.items():
            extra = (pyte,) if core == "pyte" else ()
            speed = measures.core_speed(core, stream, alone, extra)
            results.core.setdefault((core, stream), []).append(speed)
            speed, _ = measures.scrolled(core, stream, within, extra)
            results.widget.setdefault((core, stream), []).append(speed)


def gaps(results: table.Results, megabytes: int) -> None:
    """How long the screen stands still."""
    for stream in STREAMS:
        _, gap = measures.scrolled("ours", stream, megabytes, ())
        table.add(results.gap, stream, gap)


def keys(results: table.Results) -> None:
    """From a key to its letter."""
    through, link = measures.keystrokes()
    for percent in (50, 95):
        table.add(results.keys, f"p{percent}", measures.percentile(through, percent))
        table.add(results.keys, f"link p{percent}", measures.percentile(link, percent))


def paints(results: table.Results, found: dict[str, Path], home: str) -> None:
    """Each program started once, in a home of its own that earlier rounds have warmed."""
    settings = {"HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "PCAPRA_HOME": f"{home}/lab"}
    programs = {
        "bare": [sys.executable, "-m", "bench.terminal.bare"],
        "ours": [sys.executable, "-m", "pcapra_lab"],
        **{name: [str(at / "bin" / name)] for name, at in found.items()},
    }
    for name, argv in programs.items():
        environment = settings if name in found else own_environment(**settings)
        try:
            seconds = measures.first_paint(argv, environment)
        except NeverCame:
            if name not in found:
                raise
            results.absent.add(name)
        else:
            table.add(results.paint, name, seconds)


if __name__ == "__main__":
    main()
