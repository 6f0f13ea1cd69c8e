"""A drill in words, the same in every front."""

import math
import re
from dataclasses import dataclass

from pcapra_lab.content.base import seconds
from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.measures import Loss, Place, Verdict
from pcapra_lab.drills.result import Judged, Seen
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import FRENCH, _
from pcapra_lab.session.drill_api import DrillPhase, DrillView

PHASES = {
    DrillPhase.TO_DECLARE: _("objectifs à déclarer"),
    DrillPhase.DECLARED: _("prêt à commencer"),
    DrillPhase.STARTING: _("mise en route des mesures"),
    DrillPhase.CALM: _("tout va bien : travaillez"),
    DrillPhase.STRUCK: _("panne en cours"),
    DrillPhase.RESTORED: _("service revenu, l'étape reste à vérifier"),
    DrillPhase.ENDED: _("terminé"),
    DrillPhase.INTERRUPTED: _("interrompu : rien n'a été mesuré"),
}
VERDICTS = {
    Verdict.MET: _("objectif tenu"),
    Verdict.MISSED: _("objectif manqué"),
    Verdict.UNDECIDED: _("indécis : l'objectif tombe dans l'incertitude de la mesure"),
}
_PLACES = {
    Place.BELOW: _("mieux que d'ordinaire ({band})"),
    Place.WITHIN: _("comme d'ordinaire ({band})"),
    Place.ABOVE: _("plus que d'ordinaire ({band})"),
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


def parse_duration(text: str) -> float:
    """Seconds of ``30s``, ``15m``, ``2h``, as a person types them: ``15 min`` will do.

    Raises:
        LabError: it is none.
    """
    short = re.sub(r"\s+", "", text.lower()).replace("min", "m")
    if not re.fullmatch(r"[0-9]{1,9}(ms|s|m|h)", short):
        raise LabError(
            _("« {text} » n'est pas une durée").format(text=text),
            hint=_("attendu : 30s, 15m ou 2h, par exemple"),
        )
    return seconds(short)


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


def targets_words(view: DrillView) -> str:
    """« RTO 15 min, RPO 2 min »; a dash when nothing was declared."""
    parts = [
        f"{name} {duration(target)}"
        for name, target in (("RTO", view.rto_target), ("RPO", view.rpo_target))
        if target is not None
    ]
    return ", ".join(parts) or "—"


def live_lines(view: DrillView) -> list[Line]:
    """How a drill goes, while it goes."""
    said = _("{title} : {phase}").format(title=view.title, phase=PHASES[view.phase])
    lines = [Line(_("Drill"), said)]
    lines.append(Line(_("Objectifs"), targets_words(view)))
    if view.since_fault is not None:
        lines.append(Line(_("Horloge"), clock(view.since_fault)))
    if view.phase.running and view.writes:
        lines.append(Line(_("Écritures"), _writes(view)))
    if view.detection is not None:
        lines.append(Line(_("Diagnostic"), _diagnosed(view.diagnosis, duration(view.detection))))
    if view.problem:
        lines.append(Line(_("À savoir"), view.problem))
    return lines


def result_lines(view: DrillView) -> list[Line]:
    """What a drill came to; nothing before it is over."""
    result = view.result
    if result is None:
        return []
    lines = [_judged("RTO", result.rto, _("le retour du service n'a pas été vu"))]
    for seen in result.seen:
        lines.append(_outage(seen))
    if view.writes:
        lines.append(_judged("RPO", result.rpo, _("les données n'ont pas pu être relues")))
    if result.detection is not None:
        said = _diagnosed(view.diagnosis, measure_words(result.detection))
        lines.append(Line(_("Détection"), said))
    else:
        lines.append(Line(_("Détection"), _("aucun diagnostic n'a été donné")))
    if result.loss is not None:
        lines.append(Line(_("Pertes"), _losses(result.loss)))
    if view.reason:
        lines.append(Line(_("D'ordinaire"), view.reason))
    if result.seen:
        lines.append(Line(_("Sondes"), _and(*(_quality(seen) for seen in result.seen))))
    if view.fault:
        lines.append(Line(_("Panne"), view.fault))
    if view.problem:
        lines.append(Line(_("À savoir"), view.problem))
    return lines


def _outage(seen: Seen) -> Line:
    """For how long clients of a service saw nothing."""
    one = seen.outage
    label = _("Coupure")
    if not one.cuts:
        return Line(label, _("{title} : aucune").format(title=one.title))
    text = _("{title} : {total} en tout").format(title=one.title, total=measure_words(one.total))
    if one.cuts > 1:
        text += _(", en {count} fois, la plus longue {longest}").format(
            count=one.cuts, longest=measure_words(one.longest)
        )
    return Line(label, _and(text, _usual(seen.judged)))


def _quality(seen: Seen) -> str:
    """How far the probes themselves can be trusted."""
    one = seen.outage
    text = _("{title} : {count} essais, en retard de {usual} au plus neuf fois sur dix").format(
        title=one.title, count=one.tries, usual=milliseconds(one.usually_late)
    )
    text += _(", de {late} au pire").format(late=milliseconds(one.late))
    if one.missed or one.unknown:
        text += _(", {count} sautés ou sans réponse certaine").format(
            count=one.missed + one.unknown
        )
    return text


def milliseconds(length: float) -> str:
    """A short length of time: « 12 ms »."""
    return f"{math.ceil(length * 1000)} ms" if length < 1 else duration(length)


def clock(length: float) -> str:
    """A running clock: « 02:05 », « 1:02:05 »."""
    minutes, rest = divmod(int(length), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _writes(view: DrillView) -> str:
    text = _("{count} acquittées").format(count=view.acknowledged)
    if view.refused:
        text += _(", {count} refusées").format(count=view.refused)
    if view.since_ack is not None:
        text += _(", la dernière il y a {age}").format(age=duration(view.since_ack))
    return text if view.writing else _and(text, _("celui qui écrit ne répond pas"))


def _and(*clauses: str) -> str:
    """Clauses that do not depend on one another."""
    return (" ; " if FRENCH else "; ").join(clause for clause in clauses if clause)


def _diagnosed(words: str, when: str) -> str:
    return _("{when} après la panne : « {words} »").format(when=when, words=words)


def _judged(label: str, judged: Judged | None, why: str) -> Line:
    if judged is None:
        return Line(label, _("non mesuré : {why}").format(why=why))
    text = measure_words(judged.measure)
    if judged.target is not None and judged.verdict is not None:
        text += _(" pour un objectif de {target} : {verdict}").format(
            target=duration(judged.target), verdict=VERDICTS[judged.verdict]
        )
    return Line(label, _and(text, _usual(judged)), judged.verdict)


def _usual(judged: Judged) -> str:
    """A measure against the band of its tool; nothing without one."""
    if judged.band is None or judged.place is None:
        return ""
    low, high = judged.band
    band = _("entre {low} et {high}").format(low=duration(low), high=duration(high))
    return _PLACES[judged.place].format(band=band)


def _losses(loss: Loss) -> str:
    if not loss.lost:
        text = _("aucune des {count} écritures acquittées").format(count=loss.acknowledged)
    else:
        text = _("{lost} écritures acquittées sur {count}").format(
            lost=loss.lost, count=loss.acknowledged
        )
    if loss.lost_after:
        text += _(", dont {count} faites après la panne").format(count=loss.lost_after)
    last = loss.last_kept if loss.lost_before else 0
    return _and(
        text,
        _("tout est là jusqu'au numéro {number}").format(number=last) if last else "",
        _("{count} altérées").format(count=loss.corrupt) if loss.corrupt else "",
        _("{count} en double").format(count=loss.duplicates) if loss.duplicates else "",
        _("{count} sur un autre nœud seulement").format(count=loss.apart) if loss.apart else "",
    )
