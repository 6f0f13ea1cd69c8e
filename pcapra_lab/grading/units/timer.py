"""A planned task that exists, is awaited, and does run."""

from typing import Literal

from pcapra_lab.content.checks.base import Effect
from pcapra_lab.content.checks.timer import TimerCheck
from pcapra_lab.grading.facts import Fact, ending
from pcapra_lab.grading.text import last_lines
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict


class TimerFact(Fact):
    """What plans the task, and what triggering it came to."""

    kind: Literal["timer"]
    found: bool
    where: str
    when: str
    user: str
    awaited: bool
    """The timer is active, or cron runs."""
    at_boot: bool
    ran: Literal["", "ok", "failed", "timeout", "no-user"]
    """Empty when it was not triggered."""
    status: int
    said: str


class Timer(OneMachine[TimerCheck, TimerFact]):
    """``timer``."""

    guest = "timer"
    fact = TimerFact

    def item(self, check: TimerCheck, context: Context) -> Item:
        """What to find, and whether to trigger it."""
        return {
            "unit": check.unit,
            "pattern": check.command_matches,
            "user": check.user,
            "run": check.effect is Effect.ACT,
        }

    def verdict(self, check: TimerCheck, fact: TimerFact, parameters: Parameters) -> Verdict:
        """Planned, awaited, then run."""
        what = f"le timer {check.unit}" if check.unit else "une entrée cron"
        expected = f"{what} est actif et activé au démarrage" if check.unit else f"{what} existe"
        if check.command_matches is not None:
            expected += f" pour « {check.command_matches} »"
        if check.user is not None:
            expected += f", exécutée par {check.user}"
        if check.effect is Effect.ACT:
            expected += ", et ce qui est planifié se termine bien"
        problems = _planned(check, fact)
        if not problems and check.effect is Effect.ACT and fact.ran != "ok":
            problems = [_run(fact)]
        done = ", exécution réussie" if fact.ran == "ok" else ""
        observed = ", ".join(problems) or f"{fact.where} {fact.when}".strip() + done
        return Verdict(not problems, expected, observed)


def _planned(check: TimerCheck, fact: TimerFact) -> list[str]:
    if not fact.found and check.unit:
        return [f"le timer {check.unit} n'existe pas"]
    if not fact.found:
        return ["aucune entrée que cron lise ne correspond"]
    problems = []
    if check.user not in (None, fact.user):
        problems.append(f"{fact.where} : exécutée par {fact.user}")
    if not fact.awaited:
        problems.append(f"{fact.where} n'est pas actif" if check.unit else "cron est arrêté")
    if not fact.at_boot:
        problems.append(f"{fact.where} n'est pas activé au démarrage")
    return problems


def _run(fact: TimerFact) -> str:
    said = last_lines(fact.said)
    if fact.ran == "timeout":
        return f"{fact.where} : l'exécution n'a pas fini dans le temps imparti"
    if fact.ran == "no-user":
        return f"{fact.where} : « {fact.user} » n'est pas un compte"
    how = ending(fact.status) if fact.status else "échec"
    return f"{fact.where} : l'exécution a échoué, {how}" + (f" : {said}" if said else "")


UNIT = Timer()
