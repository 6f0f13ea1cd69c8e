"""A pace in words, the same in every front."""

from pcapra_lab.i18n import _
from pcapra_lab.session.pace import Pace


def minutes(seconds: float) -> str:
    """A length of time, to the minute: « 41 min », « 2 h 30 »."""
    whole = max(0, round(seconds / 60))
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{whole} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def ahead_words(pace: Pace) -> str:
    """« en avance de 4 min », « dans les temps », « en retard de 12 min »."""
    if pace.on_time:
        return _("dans les temps")
    length = minutes(abs(pace.ahead))
    if pace.ahead > 0:
        return _("en avance de {length}").format(length=length)
    return _("en retard de {length}").format(length=length)


def pace_words(pace: Pace, *, paused: bool = False) -> str:
    """Time used, time planned, and what that comes to, as a line."""
    said = _("{used} sur {planned} prévues, {ahead}").format(
        used=minutes(pace.used), planned=minutes(pace.planned), ahead=ahead_words(pace)
    )
    return _("{said}, en pause").format(said=said) if paused else said
