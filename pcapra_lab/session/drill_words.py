"""A drill in words, the same in every front."""

import re

from pcapra_lab.content.base import seconds
from pcapra_lab.drills.measures import Loss, Place
from pcapra_lab.drills.result import Judged, Seen
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.measure_words import VERDICTS as VERDICTS
from pcapra_lab.session.measure_words import Line as Line
from pcapra_lab.session.measure_words import (
    against_target,
    joined,
)
from pcapra_lab.session.measure_words import duration as duration
from pcapra_lab.session.measure_words import measure_words as measure_words
from pcapra_lab.session.measure_words import milliseconds as milliseconds
from pcapra_lab.session.surprise_words import assessed_lines, on_call_lines

PHASES = {
    DrillPhase.TO_DECLARE: _("objectifs à déclarer"),
    DrillPhase.DECLARED: _("prêt à commencer"),
    DrillPhase.STARTING: _("mise en route des mesures"),
    DrillPhase.CALM: _("tout va bien : travaillez"),
    DrillPhase.STRUCK: _("panne en cours"),
    DrillPhase.RESTORED: _("service revenu, l'étape reste à vérifier"),
    DrillPhase.ON_CALL: _("garde en cours : surveillez, diagnostiquez, réparez"),
    DrillPhase.ENDED: _("terminé"),
    DrillPhase.INTERRUPTED: _("interrompu : rien n'a été mesuré"),
}
_PLACES = {
    Place.BELOW: _("mieux que d'ordinaire ({band})"),
    Place.WITHIN: _("comme d'ordinaire ({band})"),
    Place.ABOVE: _("plus que d'ordinaire ({band})"),
}


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
    if view.on_call is not None:
        lines += on_call_lines(view.on_call)
    if view.problem:
        lines.append(Line(_("À savoir"), view.problem))
    return lines


def result_lines(view: DrillView) -> list[Line]:
    """What a drill came to; nothing before it is over."""
    result = view.result
    if result is None:
        return []
    unseen = _("le retour du service n'a pas été vu")
    if view.assessment is not None:
        unseen = _("aucune panne n'est arrivée")
        if view.assessment.incidents:
            unseen = _("une panne n'a pas été réparée avant la fin")
    lines = [_judged("RTO", result.rto, unseen)]
    for seen in result.seen:
        lines.append(_outage(seen))
    if view.writes:
        lines.append(_judged("RPO", result.rpo, _("les données n'ont pas pu être relues")))
    if view.assessment is not None:
        lines = [*assessed_lines(view.assessment), *lines]
    elif result.detection is not None:
        said = _diagnosed(view.diagnosis, measure_words(result.detection))
        lines.append(Line(_("Détection"), said))
    else:
        lines.append(Line(_("Détection"), _("aucun diagnostic n'a été donné")))
    if result.loss is not None:
        lines.append(Line(_("Pertes"), _losses(result.loss)))
    if view.reason:
        lines.append(Line(_("D'ordinaire"), view.reason))
    if result.seen:
        lines.append(Line(_("Sondes"), joined(*(_quality(seen) for seen in result.seen))))
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
    return Line(label, joined(text, _usual(seen.judged)))


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
    return text if view.writing else joined(text, _("celui qui écrit ne répond pas"))


def _diagnosed(words: str, when: str) -> str:
    return _("{when} après la panne : « {words} »").format(when=when, words=words)


def _judged(label: str, judged: Judged | None, why: str) -> Line:
    if judged is None:
        return Line(label, _("non mesuré : {why}").format(why=why))
    return Line(label, joined(against_target(judged), _usual(judged)), judged.verdict)


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
    return joined(
        text,
        _("tout est là jusqu'au numéro {number}").format(number=last) if last else "",
        _("{count} altérées").format(count=loss.corrupt) if loss.corrupt else "",
        _("{count} en double").format(count=loss.duplicates) if loss.duplicates else "",
        _("{count} sur un autre nœud seulement").format(count=loss.apart) if loss.apart else "",
    )
