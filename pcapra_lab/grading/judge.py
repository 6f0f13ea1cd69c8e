"""Facts against what a check expects: a result in the trainee's words."""

from collections.abc import Mapping

from pcapra_lab.content.checks import Check
from pcapra_lab.errors import LabError
from pcapra_lab.grading.advice.base import advise
from pcapra_lab.grading.facts import ErrorFact, Fact, explain
from pcapra_lab.grading.registry import unit_of
from pcapra_lab.grading.results import CheckResult, Outcome
from pcapra_lab.grading.text import clean
from pcapra_lab.grading.unit import Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _

_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.SKIP, Outcome.PENDING, Outcome.PASS)


def judge(check: Check, facts: Mapping[str, Fact | None], parameters: Parameters) -> CheckResult:
    """The result of a bound check.

    Args:
        check: a check that went through ``bind``.
        facts: by machine that was asked; None when the agent left it out.
        parameters: the trainee's.
    """
    cost = max((fact.seconds for fact in facts.values() if fact), default=0.0)
    try:
        verdict = _verdict(check, facts, parameters)
    except Unjudgeable as reason:
        return CheckResult(
            id=check.id,
            title=check.title,
            vm=check.vm,
            priority=check.priority,
            outcome=Outcome.ERROR,
            observed=str(reason),
            hint=_("Ce contrôle n'a pas pu être évalué : il ne vous pénalise pas. Relancez-le."),
            seconds=cost,
        )
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        priority=check.priority,
        outcome=Outcome.PASS if verdict.ok else Outcome.FAIL,
        expected=clean(check.expected or verdict.expected),
        observed=clean(verdict.observed),
        hint="" if verdict.ok else clean(verdict.hint or check.hint),
        seconds=cost,
        advice=() if verdict.ok else advise(check, check.type, facts),
    )


def unreachable(check: Check, error: LabError) -> CheckResult:
    """The result of a check whose VM did not answer."""
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        priority=check.priority,
        outcome=Outcome.ERROR,
        observed=clean(error.message),
        hint=error.hint,
    )


def skipped(check: Check, blocker: CheckResult) -> CheckResult:
    """The result of a check that needs ``blocker``, which has not passed."""
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        priority=check.priority,
        outcome=Outcome.SKIP,
        observed=_("non évalué : « {title} » doit d'abord réussir").format(title=blocker.title),
    )


def pending(check: Check) -> CheckResult:
    """The result of an acting check that nobody asked for."""
    return CheckResult(
        id=check.id,
        title=check.title,
        vm=check.vm,
        priority=check.priority,
        outcome=Outcome.PENDING,
        observed=_("agit sur la machine : évalué quand vous demandez la vérification"),
    )


def root_cause_first(results: list[CheckResult]) -> tuple[CheckResult, ...]:
    """Failures first, by priority then dependency order as given; what follows from them after."""
    return tuple(sorted(results, key=lambda one: (_ORDER.index(one.outcome), -one.priority)))


def _verdict(check: Check, facts: Mapping[str, Fact | None], parameters: Parameters) -> Verdict:
    unit = unit_of(check.type)
    for vm, fact in facts.items():
        where = "" if vm == check.vm else _("{vm} : ").format(vm=vm)
        if fact is None:
            raise Unjudgeable(
                _("{where}l'agent de notation n'a rien dit de ce contrôle").format(where=where)
            )
        if isinstance(fact, ErrorFact):
            raise Unjudgeable(where + explain(fact))
        if not isinstance(fact, unit.fact):
            raise Unjudgeable(
                _("{where}l'agent de notation a répondu à un autre contrôle").format(where=where)
            )
    return unit.judge(check, facts, parameters)
