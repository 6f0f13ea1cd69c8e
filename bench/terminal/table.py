"""The tables of a run."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

BEGIN = "<!-- terminal: written by python -m bench.terminal --write -->"
END = "<!-- end of terminal -->"

CORE_BAR, WIDGET_BAR = 50, 10
"""Times pyte's speed, at least."""
GAP_BAR = 100
KEY_BAR = 10
"""Milliseconds, at most; for keys above the link's own."""
PAINT_BAR = 2.0
"""Times the bare Textual app, at most."""


@dataclass
class Results:
    """Every figure of every round."""

    core: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    """MB/s by emulator (``ours``, ``pyte``) and stream."""
    widget: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    gap: dict[str, list[float]] = field(default_factory=dict)
    """Longest time without a frame, in ms, by stream."""
    keys: dict[str, list[float]] = field(default_factory=dict)
    """p50 and p95 in ms, by ``p50``, ``p95``, ``link p50``, ``link p95``."""
    paint: dict[str, list[float]] = field(default_factory=dict)
    """Seconds to first paint by program: ``bare``, ``ours`` and the peers."""
    absent: set[str] = field(default_factory=set)
    """Peers that ended without painting anything here."""


def add(into: dict[str, list[float]], key: str, value: float) -> None:
    """One more round's figure."""
    into.setdefault(key, []).append(value)


def table(results: Results, host: str, megabytes: int) -> str:
    """Markdown."""
    lines = [host, "", "| MB/s | ours | pyte | ratio | bar |", "|---|---:|---:|---:|---|"]
    for title, speeds, bar in (
        ("emulator", results.core, CORE_BAR),
        ("end to end", results.widget, WIDGET_BAR),
    ):
        lines += [_speed(title, speeds, stream, bar) for core, stream in speeds if core == "ours"]
    lines += ["", "| delays | median | worst round | bar |", "|---|---:|---:|---|"]
    lines += [
        f"| longest frame gap, {megabytes} MB {stream} | {_mid(ms):.0f} ms | {max(ms):.0f} ms "
        f"| under {GAP_BAR} ms: {_said(max(ms) < GAP_BAR)} |"
        for stream, ms in results.gap.items()
    ]
    lines += _keys(results.keys) if results.keys else []
    lines += ["", "| first paint | seconds | times the bare app | bar |", "|---|---:|---:|---|"]
    lines += _paints({name: _mid(seconds) for name, seconds in results.paint.items()})
    if results.absent:
        names = ", ".join(sorted(results.absent))
        lines += ["", f"Not compared, since it painted nothing on this host: {names}."]
    return "\n".join(lines)


def _speed(title: str, speeds: dict[tuple[str, str], list[float]], stream: str, bar: int) -> str:
    ours, pyte = speeds["ours", stream], speeds["pyte", stream]
    # Round by round, so that a slower moment of the host weighs on both sides.
    ratio = _mid([a / b for a, b in zip(ours, pyte, strict=True)])
    return (
        f"| {title}, {stream} | {_mid(ours):.3g} | {_mid(pyte):.3g} | {ratio:.0f} "
        f"| at least {bar}: {_said(ratio >= bar)} |"
    )


def _keys(keys: Mapping[str, list[float]]) -> list[str]:
    above = _mid([a - b for a, b in zip(keys["p95"], keys["link p95"], strict=True)])
    p50, p95 = (f"{_mid(keys[p]):.1f} ms (link {_mid(keys[f'link {p}']):.2f})" for p in _PERCENTS)
    worst = max(keys["p95"])
    return [
        f"| key to screen, p50 | {p50} | {max(keys['p50']):.1f} ms | |",
        f"| key to screen, p95 | {p95} | {worst:.1f} ms "
        f"| under {KEY_BAR} ms above the link: {_said(above < KEY_BAR)} |",
    ]


_PERCENTS = ("p50", "p95")


def _paints(seconds: Mapping[str, float]) -> list[str]:
    bare, ours = seconds["bare"], seconds["ours"]
    peers = [value for name, value in seconds.items() if name not in ("bare", "ours")]
    held = ours <= PAINT_BAR * bare and all(ours < peer for peer in peers)
    names = {"bare": "Textual with one Static", "ours": "pcapra-lab"}
    return [
        f"| {names.get(name, name)} | {value:.2f} | {value / bare:.2f} | "
        + (f"at most {PAINT_BAR:.0f}, under all peers: {_said(held)}" if name == "ours" else "")
        + " |"
        for name, value in seconds.items()
    ]


def _mid(values: list[float]) -> float:
    return statistics.median(values)


def _said(held: bool) -> str:
    return "met" if held else "**not met**"
