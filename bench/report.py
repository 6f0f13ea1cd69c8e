"""The table of a run, and its place in the README."""

from dataclasses import dataclass
from pathlib import Path

from bench.processes import Weight

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- table: written by python -m bench --write -->", "<!-- end of table -->"
BARS = {"up": 1 / 16, "reset": 1 / 16, "down": 1 / 10, "first up": 1.0}
"""The most of the plain boot of the same machines that a way should take, for the largest lab."""
IDLE_MIB, IDLE_CORES = 2048, 0.10


@dataclass(frozen=True)
class Results:
    """Medians in seconds by way and number of machines, and the idle weights of the largest."""

    seconds: dict[tuple[str, int], float]
    sizes: list[int]
    idle: dict[str, Weight]
    accelerator: str
    kernel: str
    rounds: int
    images: str


def table(results: Results) -> str:
    """Markdown."""
    lines = [
        f"Accelerator {results.accelerator}, host kernel {results.kernel}, images "
        f"{results.images}, 384 MiB a machine; medians of {results.rounds} interleaved rounds.",
        "",
        "| way | " + " | ".join(f"{n} VM" for n in results.sizes) + " | of the plain boot, "
        f"{results.sizes[-1]} VM | bar |",
        "|---|" + "---:|" * len(results.sizes) + "---:|---|",
    ]
    largest = results.sizes[-1]
    for way in dict.fromkeys(way for way, _ in results.seconds):
        cells = " | ".join(f"{results.seconds[way, n]:.1f} s" for n in results.sizes)
        ratio = results.seconds[way, largest] / results.seconds["plain boot", largest]
        lines.append(f"| {way} | {cells} | {fraction(ratio)} | {_bar(way, ratio)} |")
    if len(results.sizes) > 1:
        previous = results.sizes[-2]
        more = (results.seconds["up", largest] - results.seconds["up", previous]) / (
            largest - previous
        )
        lines += ["", f"One more VM costs {more:.1f} s of `up`."]
    lines += ["", f"| {largest} restored VMs | memory in all | of one core |", "|---|---:|---:|"]
    lines += [
        f"| {name} | {weight.memory_mib:.0f} MiB | {weight.cores:.1%} |"
        for name, weight in results.idle.items()
    ]
    quiet = results.idle["idle"]
    held = quiet.memory_mib < IDLE_MIB and quiet.cores < IDLE_CORES
    lines += ["", f"Bars: under {IDLE_MIB} MiB and {IDLE_CORES:.0%} of one core: {_said(held)}."]
    return "\n".join(lines)


def fraction(ratio: float) -> str:
    """``1/14`` for less than a half, else a decimal."""
    return f"1/{1 / ratio:.1f}" if ratio < 0.5 else f"{ratio:.2f}"


def write(text: str, begin: str = BEGIN, end: str = END) -> None:
    """Replace the README's table between two marks."""
    before, _, rest = README.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _bar(way: str, ratio: float) -> str:
    if way not in BARS:
        return ""
    return f"at most {fraction(BARS[way])}: {_said(ratio <= BARS[way])}"


def _said(held: bool) -> str:
    return "met" if held else "**not met**"
