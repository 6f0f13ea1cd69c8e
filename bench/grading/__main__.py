"""``python -m bench.grading``: a step of ten checks on two machines, beside pytest-testinfra.

Interleaved rounds on real machines. ``--write`` puts the table in ``bench/README.md``; the peer is
installed in ``bench/.peers``, never in the project.
"""

import argparse
import platform
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench import peers
from bench.grading import measures
from bench.grading.step import ten_checks
from bench.machines import NEVER, Bench, installation
from bench.report import write

BEGIN = "<!-- grading: written by python -m bench.grading --write -->"
END = "<!-- end of grading -->"
RATIO_BAR, CONFIRM_BAR, SHARE_BAR = 5.0, 1.0, 0.05
WATCH_SECONDS, BETWEEN_COMMANDS = 120.0, 3.0
"""How long somebody works without a pause, and how fast."""
PEER = "pytest-testinfra"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.grading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds (9)")
    parser.add_argument("--write", action="store_true", help="put the table in bench/README.md")
    options = parser.parse_args()
    home = peers.install(PEER, "paramiko")
    if home is None:
        raise SystemExit(f"{PEER} could not be installed")
    with installation() as made, tempfile.TemporaryDirectory() as scratch:
        bench = Bench(made, ["base", "base"])
        try:
            bench.lab.up(lambda _tracker, _cancel: None, lambda _event: None, NEVER)
            text = measured(bench, home, Path(scratch), options.rounds)
        finally:
            bench.delete()
            made.release_daemons(bench.lab)
        accelerator = made.verdict().accelerator.value
    head = (
        f"Accelerator {accelerator}, host kernel {platform.release()}, {PEER} "
        f"{peers.version(home, 'pytest_testinfra')}; medians of {options.rounds} interleaved "
        "rounds, every connection made and every way warm."
    )
    text = f"{head}\n\n{text}"
    print(text)
    if options.write:
        write(text, BEGIN, END)


def measured(bench: Bench, home: Path, scratch: Path, rounds: int) -> str:
    """The table."""
    vms = [vm.name for vm in bench.world.plan.vms]
    step = ten_checks(vms)
    agent = measures.Ours(bench.lab.links.root)
    ssh = measures.Ours(measures.by_ssh(bench))
    seconds: dict[str, list[float]] = defaultdict(list)
    with measures.Peer(home / "bin/python", measures.ssh_config(bench, scratch), vms) as peer:
        ways: dict[str, Callable[[], float]] = {
            "ours": lambda: agent.grade(step),
            "ours, by SSH": lambda: ssh.grade(step),
            "testinfra, one machine after the other": lambda: peer.grade(together=False),
            "testinfra, both at once": lambda: peer.grade(together=True),
        }
        for number in range(rounds + 1):
            for name, way in ways.items():
                took = way()
                # The first round warms every way and counts for none.
                if number:
                    seconds[name].append(took)
    ours = statistics.median(seconds["ours"])
    lines = ["| ten checks, two machines | seconds | times ours | bar |", "|---|---:|---:|---|"]
    for name, values in seconds.items():
        middle = statistics.median(values)
        bar = ""
        if name.startswith("testinfra, one"):
            bar = f"at least {RATIO_BAR:.0f}: {said(middle / ours >= RATIO_BAR)}"
        lines.append(f"| {name} | {middle:.2f} | {middle / ours:.1f} | {bar} |")
    confirmed = measures.confirmations(bench, agent, 2 * rounds)
    late = measures.p95(confirmed)
    share, looks = measures.guest_share(bench, agent, step, WATCH_SECONDS, BETWEEN_COMMANDS)
    lines += [
        "",
        f"A file made in a shell is seen green {statistics.median(confirmed):.2f} s later (median),"
        f" {late:.2f} s (p95 of {len(confirmed)}); under {CONFIRM_BAR:.0f} s: "
        f"{said(late < CONFIRM_BAR)}. The watcher also waits for a second of silence.",
        "",
        f"With a command every {BETWEEN_COMMANDS:.0f} s for {WATCH_SECONDS:.0f} s, the watcher "
        f"looks {looks} times at these checks and takes {share:.1%} of a guest's processor; under "
        f"{SHARE_BAR:.0%}: {said(share < SHARE_BAR)}.",
    ]
    return "\n".join(lines)


def said(held: bool) -> str:
    """Whether a bar is met, in words."""
    return "met" if held else "**not met**"


if __name__ == "__main__":
    main()
