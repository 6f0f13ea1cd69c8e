"""Lengths of time, measures and verdicts in words, the same in every front."""

import math
from dataclasses import dataclass

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.measures import Verdict
from pcapra_lab.drills.result import Judged
from pcapra_lab.i18n import FRENCH, _

VERDICTS = {
    Verdict.MET: _("objectif tenu"),
    Verdict.MISSED: _("objectif manqué"),
    Verdict.UNDECIDED: _("indécis : l'objectif tombe dans l'incertitude de la mesure"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say of a drill."""

    label: str
    text: str
    verdict: Verdict | None = None


def duration(length: float) -> str:
    """A length of time: « 12,3 s », « 2 min 05 s », « 1 h 04 min »."""
    if length < 60:
        tenths = round(length, 1)
        text = f"{tenths:g}"
        return f"{text.replace('.', ',') if FRENCH else text} s"
    whole = round(length)
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def _step(length: float) -> float:
    """What a length is told to the nearest of, in seconds."""
    return 0.1 if length < 60 else 1.0 if length < 3600 else 60.0


def measure_words(measure: Measure) -> str:
    """« 1 min 12 s ± 2,5 s ». What is told holds the whole measure, roundings included."""
    if math.isinf(measure.high):
        return _("au moins {low}").format(low=duration(measure.low))
    # What is exactly nothing has nothing uncertain.
    if measure.high == 0:
        return duration(0)
    step = _step(measure.seconds)
    rounded = round(measure.seconds / step) * step
    around = measure.uncertainty + abs(rounded - measure.seconds)
    step = _step(around)
    around = max(1, math.ceil(around / step - 1e-6)) * step
    return f"{duration(rounded)} ± {duration(around)}"


def milliseconds(length: float) -> str:
    """A short length of time: « 12 ms »."""
    return f"{math.ceil(length * 1000)} ms" if length < 1 else duration(length)


def joined(*clauses: str) -> str:
    """Clauses that do not depend on one another."""
    return (" ; " if FRENCH else "; ").join(clause for clause in clauses if clause)


def against_target(judged: Judged) -> str:
    """« 12 s ± 1 s pour un objectif de 15 s : objectif tenu »; the measure alone without one."""
    text = measure_words(judged.measure)
    if judged.target is not None and judged.verdict is not None:
        text += _(" pour un objectif de {target} : {verdict}").format(
            target=duration(judged.target), verdict=VERDICTS[judged.verdict]
        )
    return text
