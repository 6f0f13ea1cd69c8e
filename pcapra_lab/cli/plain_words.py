"""Outcomes and states in words only."""

from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.i18n import _
from pcapra_lab.session.api import (
    CheckResult,
    LessonCard,
    Outcome,
    SessionState,
    StepReport,
    StepState,
    StepStatus,
    VmPower,
)
from pcapra_lab.session.exam_words import clock_words
from pcapra_lab.session.pace_words import minutes, pace_words

OUTCOMES = {
    Outcome.PASS: (_("réussi"), "green"),
    Outcome.FAIL: (_("à corriger"), "red"),
    Outcome.ERROR: (_("non évalué, ne compte pas contre vous"), "yellow"),
    Outcome.SKIP: (_("attend la précédente"), None),
    Outcome.PENDING: (_("se lance avec c"), None),
}
STEPS = {
    StepState.DONE: _("réussie"),
    StepState.HELPED: _("aidée"),
    StepState.CURRENT: _("en cours"),
    StepState.LOCKED: _("à venir"),
    StepState.SUBMITTED: _("rendue"),
    StepState.UNGRADED: _("non notée"),
}
POWERS = {
    VmPower.RUNNING: _("en marche"),
    VmPower.PAUSED: _("en pause"),
    VmPower.STOPPED: _("à l'arrêt"),
    VmPower.SAVED: _("en sommeil"),
    VmPower.ABSENT: _("pas créée"),
}


def tell_report(voice: Voice, report: StepReport) -> None:
    """A step's checks, root cause first."""
    for result in report.results:
        word, colour = OUTCOMES[result.outcome]
        if result.outcome is Outcome.PENDING and not result.vm:
            word = _("sans réponse")
        where = _(" (sur {vm}).").format(vm=result.vm) if result.vm else ""
        voice.say(
            _("{upper}{word} : {title}{where}").format(
                upper=word[0].upper(), word=word[1:], title=result.title, where=where
            ),
            colour,
        )
        if result.outcome in (Outcome.FAIL, Outcome.ERROR):
            _tell_why(voice, result)
    if report.rto_seconds is not None and report.rto_target is not None:
        met = _("atteint") if report.rto_seconds <= report.rto_target else _("dépassé")
        voice.say(
            _(
                "RTO mesuré : {rto_seconds:.0f} s pour un objectif de {rto_target:.0f} s, {met}."
            ).format(rto_seconds=report.rto_seconds, rto_target=report.rto_target, met=met)
        )


def _tell_why(voice: Voice, result: CheckResult) -> None:
    for label, text in (
        (_("Attendu"), result.expected),
        (_("Vu"), result.observed),
        (_("Piste"), result.hint),
        (_("Conseil"), " ".join(result.advice)),
    ):
        if text:
            first, *rest = text.splitlines()
            voice.show(
                "\n".join(
                    [
                        _("  {label} : {first}").format(label=label, first=first),
                        *(f"    {line}" for line in rest),
                    ]
                )
            )


def tell_lost(voice: Voice, report: StepReport) -> None:
    """The states that going on cannot repair, and the answer that leads back."""
    for result in report.lost:
        voice.say(_("Sans retour : {title}.").format(title=result.title), "red")
        voice.say(result.hint)
    if report.lost:
        voice.say(_("Continuer ne le réparera pas. r ramène les machines à un point de retour."))


def tell_state(voice: Voice, state: SessionState) -> None:
    """Machines, steps and points."""
    for vm in state.vms:
        voice.say(
            _("Machine {name}, {address}, {power} : {title}.").format(
                name=vm.name, address=vm.address, power=POWERS[vm.power], title=vm.title
            )
        )
    for number, step in enumerate(state.steps, start=1):
        voice.say(
            _("Étape {number}, {state} : {title}, {earned} points sur {points}.").format(
                number=number,
                state=STEPS[step.state],
                title=step.title,
                earned=step.earned,
                points=step.points,
            )
            + _planned(step)
        )
    voice.say(
        _("Total : {earned} points sur {total}.").format(earned=state.earned, total=state.total)
    )
    if state.pace is not None:
        words = pace_words(state.pace, paused=state.paused)
        voice.say(_("Rythme : {words}.").format(words=words))
    elif state.paused:
        voice.say(_("L'exercice est en pause."))
    if state.exam is not None and state.in_exam:
        voice.say(_("Examen : {clock}.").format(clock=clock_words(state.exam)))


def _planned(step: StepStatus) -> str:
    if step.planned is None:
        return ""
    return _(" Temps passé : {used} sur {planned} prévues.").format(
        used=minutes(step.seconds), planned=minutes(step.planned)
    )


def card_line(number: int, card: LessonCard) -> str:
    """A lesson that can be opened, and how far it went."""
    words = _("{number} : {card_number} {title}").format(
        number=number, card_number=card.number, title=card.title
    )
    if not card.steps_total:
        return _("{words}, lecture seule").format(words=words)
    if card.steps_done == card.steps_total:
        return _("{words}, terminée, {earned} points sur {total}").format(
            words=words, earned=card.earned, total=card.total
        )
    if not card.last_used:
        return _("{words}, {steps_total} étapes, pas commencée").format(
            words=words, steps_total=card.steps_total
        )
    return _(
        "{words}, étapes réussies : {steps_done} sur {steps_total}, "
        "{earned} points sur {total}, en cours : {current_step_title}"
    ).format(
        words=words,
        steps_done=card.steps_done,
        steps_total=card.steps_total,
        earned=card.earned,
        total=card.total,
        current_step_title=card.current_step_title,
    )
