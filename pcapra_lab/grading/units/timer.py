"""A planned task that exists, is awaited, and does run."""

from typing import Literal

from pcapra_lab.content.checks.base import Effect
from pcapra_lab.content.checks.timer import TimerCheck
from pcapra_lab.grading.facts import Fact, ending
from pcapra_lab.grading.text import last_lines
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict
from pcapra_lab.i18n import _


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
        what = _("le timer {unit}").format(unit=check.unit) if check.unit else _("une entrée cron")
        expected = (
            _("{what} est actif et activé au démarrage").format(what=what)
            if check.unit
            else _("{what} existe").format(what=what)
        )
        if check.command_matches is not None:
            expected += _(" pour « {command_matches} »").format(
                command_matches=check.command_matches
            )
        if check.user is not None:
            expected += _(", exécutée par {user}").format(user=check.user)
        if check.effect is Effect.ACT:
            expected += _(", et ce qui est planifié se termine bien")
        problems = _planned(check, fact)
        if not problems and check.effect is Effect.ACT and fact.ran != "ok":
            problems = [_run(fact)]
        done = _(", exécution réussie") if fact.ran == "ok" else ""
        observed = ", ".join(problems) or f"{fact.where} {fact.when}".strip() + done
        return Verdict(not problems, expected, observed)


def _planned(check: TimerCheck, fact: TimerFact) -> list[str]:
    if not fact.found and check.unit:
        return [_("le timer {unit} n'existe pas").format(unit=check.unit)]
    if not fact.found:
        return [_("aucune entrée que cron lise ne correspond")]
    problems = []
    if check.user not in (None, fact.user):
        problems.append(_("{where} : exécutée par {user}").format(where=fact.where, user=fact.user))
    if not fact.awaited:
        problems.append(
            _("{where} n'est pas actif").format(where=fact.where)
            if check.unit
            else _("cron est arrêté")
        )
    if not fact.at_boot:
        problems.append(_("{where} n'est pas activé au démarrage").format(where=fact.where))
    return problems


def _run(fact: TimerFact) -> str:
    said = last_lines(fact.said)
    if fact.ran == "timeout":
        return _("{where} : l'exécution n'a pas fini dans le temps imparti").format(
            where=fact.where
        )
    if fact.ran == "no-user":
        return _("{where} : « {user} » n'est pas un compte").format(
            where=fact.where, user=fact.user
        )
    how = ending(fact.status) if fact.status else _("échec")
    return _("{where} : l'exécution a échoué, {how}").format(where=fact.where, how=how) + (
        f" : {said}" if said else ""
    )


UNIT = Timer()
