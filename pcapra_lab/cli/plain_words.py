"""Outcomes and states in words only."""

from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.session.api import (
    CheckResult,
    LessonCard,
    Outcome,
    SessionState,
    StepReport,
    StepState,
    VmPower,
)

OUTCOMES = {
    Outcome.PASS: ("réussi", "green"),
    Outcome.FAIL: ("à corriger", "red"),
    Outcome.ERROR: ("non évalué, ne compte pas contre vous", "yellow"),
    Outcome.SKIP: ("attend la précédente", None),
    Outcome.PENDING: ("se lance avec c", None),
}
STEPS = {
    StepState.DONE: "réussie",
    StepState.HELPED: "aidée",
    StepState.CURRENT: "en cours",
    StepState.LOCKED: "à venir",
}
POWERS = {
    VmPower.RUNNING: "en marche",
    VmPower.PAUSED: "en pause",
    VmPower.STOPPED: "à l'arrêt",
    VmPower.SAVED: "en sommeil",
    VmPower.ABSENT: "pas créée",
}


def tell_report(voice: Voice, report: StepReport) -> None:
    """A step's checks, root cause first."""
    for result in report.results:
        word, colour = OUTCOMES[result.outcome]
        if result.outcome is Outcome.PENDING and not result.vm:
            word = "sans réponse"
        where = f" (sur {result.vm})." if result.vm else ""
        voice.say(f"{word[0].upper()}{word[1:]} : {result.title}{where}", colour)
        if result.outcome in (Outcome.FAIL, Outcome.ERROR):
            _tell_why(voice, result)
    if report.rto_seconds is not None and report.rto_target is not None:
        met = "atteint" if report.rto_seconds <= report.rto_target else "dépassé"
        voice.say(
            f"RTO mesuré : {report.rto_seconds:.0f} s pour un objectif de "
            f"{report.rto_target:.0f} s, {met}."
        )


def _tell_why(voice: Voice, result: CheckResult) -> None:
    for label, text in (
        ("Attendu", result.expected),
        ("Vu", result.observed),
        ("Piste", result.hint),
        ("Conseil", " ".join(result.advice)),
    ):
        if text:
            first, *rest = text.splitlines()
            voice.show("\n".join([f"  {label} : {first}", *(f"    {line}" for line in rest)]))


def tell_lost(voice: Voice, report: StepReport) -> None:
    """The states that going on cannot repair, and the answer that leads back."""
    for result in report.lost:
        voice.say(f"Sans retour : {result.title}.", "red")
        voice.say(result.hint)
    if report.lost:
        voice.say("Continuer ne le réparera pas. r ramène les machines à un point de retour.")


def tell_state(voice: Voice, state: SessionState) -> None:
    """Machines, steps and points."""
    for vm in state.vms:
        voice.say(f"Machine {vm.name}, {vm.address}, {POWERS[vm.power]} : {vm.title}.")
    for number, step in enumerate(state.steps, start=1):
        voice.say(
            f"Étape {number}, {STEPS[step.state]} : {step.title}, "
            f"{step.earned} points sur {step.points}."
        )
    voice.say(f"Total : {state.earned} points sur {state.total}.")


def card_line(number: int, card: LessonCard) -> str:
    """A lesson that can be opened, and how far it went."""
    words = f"{number} : {card.number} {card.title}"
    if not card.steps_total:
        return f"{words}, lecture seule"
    if card.steps_done == card.steps_total:
        return f"{words}, terminée, {card.earned} points sur {card.total}"
    if not card.last_used:
        return f"{words}, {card.steps_total} étapes, pas commencée"
    return (
        f"{words}, étapes réussies : {card.steps_done} sur {card.steps_total}, "
        f"{card.earned} points sur {card.total}, en cours : {card.current_step_title}"
    )
