"""The availability ribbon in words, line after line: for who cannot see it drawn."""

from collections.abc import Iterator, Sequence

from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon, Span, rows
from pcapra_lab.drills.surprises.windows import Window
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_words import Line, duration

CELLS = {
    Cell.UP: _("répond"),
    Cell.SLOW: _("répond lentement"),
    Cell.DOWN: _("ne répond pas"),
    Cell.UNKNOWN: _("rien n'est su"),
}
NOBODY = _("personne")
MOST_ROWS = 8
"""What a line tells at most: the latest. The drawing has them all."""


def ribbon_lines(ribbon: Ribbon, windows: Sequence[Window] = ()) -> list[Line]:
    """One line for each service, and for each state that is followed.

    Args:
        ribbon: what clients saw.
        windows: the faults, when there were several.
    """
    lines = [Line(lane.title, _told(list(_passages(ribbon, lane)))) for lane in ribbon.lanes]
    for one in ribbon.states:
        told = [_state(ribbon, span) for span in one.spans]
        lines.append(Line(one.title, _told(told) if told else CELLS[Cell.UNKNOWN]))
    if windows:
        told = [_window(ribbon, one) for one in windows]
        lines.append(Line(_("Pannes"), _told(told)))
    return lines


def labelled(label: str, text: str) -> str:
    """« VIP : lb1 »."""
    return _("{label} : {text}").format(label=label, text=text)


def moment(ribbon: Ribbon, at: float) -> str:
    """An instant of a ribbon: « 3,1 s après la panne »."""
    if not ribbon.struck:
        return _("à {at}").format(at=duration(max(0.0, at)))
    if abs(at) < 0.05:
        return _("à la panne")
    if at < 0:
        return _("{length} avant la panne").format(length=duration(-at))
    return _("{length} après la panne").format(length=duration(at))


def _passages(ribbon: Ribbon, lane: Lane) -> Iterator[str]:
    at = ribbon.start
    for cell, count in rows(lane.cells):
        length = count * ribbon.width
        yield _("{state} pendant {length} ({when})").format(
            state=CELLS[cell], length=duration(length), when=moment(ribbon, at)
        )
        at += length


def _state(ribbon: Ribbon, span: Span) -> str:
    return _("{state} pendant {length} ({when})").format(
        state=span.value or NOBODY,
        length=duration(span.end - span.start),
        when=moment(ribbon, span.start),
    )


def _window(ribbon: Ribbon, one: Window) -> str:
    when = moment(ribbon, one.start)
    if one.end is None:
        return _("{machine} jusqu'à la fin ({when})").format(machine=one.label, when=when)
    return _("{state} pendant {length} ({when})").format(
        state=one.label, length=duration(one.end - one.start), when=when
    )


def _told(passages: list[str]) -> str:
    left = len(passages) - MOST_ROWS
    if left > 0:
        passages = [_("{count} passages plus tôt").format(count=left), *passages[left:]]
    return _(", puis ").join(passages)
