"""The segment as a line, with the machines hanging from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textual.content import Content
from textual.widgets import Static

SEGMENT = "192.168.1.0/24"
"""The only one there is: see ``content.models.Address``."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a machine hangs."""

    column: int
    """In cells, from the line's left end."""
    above: bool
    cut: str
    """How it is cut from the line; empty when it is not."""


class Bus(Static):
    """The line; above and below it, one row for the stems of the machines."""

    def draw(self, hooks: Sequence[Hook], extras: Sequence[tuple[str, str]]) -> None:
        """Draw the line.

        Args:
            hooks: the machines' places; none in the list, which draws its own.
            extras: addresses that are no machine's own, with the machine that holds each.
        """
        width = self.content_size.width
        line = ["━"] * width
        whole = [hook for hook in hooks if hook.column < width and not hook.cut]
        sides = {(hook.column, hook.above) for hook in whole}
        for column, up in sides:
            both = (column, not up) in sides
            line[column] = "╋" if both else "┻" if up else "┳"
        row = Content.styled("".join(line), "$primary")
        labels = [SEGMENT, *(f"VIP {address} → {vm}" for address, vm in extras)]
        for start, label in _placed(labels, sorted({column for column, _ in sides}), width):
            end = start + len(label)
            row = Content.assemble(row[:start], (label, "bold $accent"), row[end:])
        if not hooks:
            self.update(row)
            return
        rows = [row]
        if above := [hook for hook in hooks if hook.above]:
            rows.insert(0, _stems(above, width))
        if below := [hook for hook in hooks if not hook.above]:
            rows.append(_stems(below, width))
        self.update(Content("\n").join(rows))


def _placed(labels: Sequence[str], columns: Sequence[int], width: int) -> Iterator[tuple[int, str]]:
    """Labels with the cells they begin at, between the hooks: no hook is ever hidden.

    What has no place is left out: a machine's own box says its addresses too.
    """
    gaps = [[left + 2, right - 1] for left, right in pairwise([-1, *columns, width])]
    for label in labels:
        text = f" {label} "
        for gap in gaps:
            if gap[1] - gap[0] >= len(text):
                yield gap[0], text
                gap[0] += len(text) + 1
                break


def _stems(hooks: Sequence[Hook], width: int) -> Content:
    parts: list[Content | tuple[str, str]] = []
    at = 0
    for hook in sorted(hooks, key=lambda hook: hook.column):
        if hook.column < at or hook.column >= width:
            continue
        stem = f"╳ {hook.cut}" if hook.cut else "┃"
        parts += [
            Content(" " * (hook.column - at)),
            (stem, "bold $error" if hook.cut else "$primary"),
        ]
        at = hook.column + len(stem)
    return Content.assemble(*parts)
