"""A recent line of a log."""

from typing import Literal

from pcapra_lab.content.base import seconds
from pcapra_lab.content.checks.log_line import LogLineCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _


class LogLineFact(Fact):
    """How many lines match, and the last of them."""

    kind: Literal["log_line"]
    exists: bool
    count: int
    sample: list[str]
    truncated: bool
    """Only the end of the log was read."""


class LogLine(OneMachine[LogLineCheck, LogLineFact]):
    """``log_line``."""

    guest = "log_line"
    fact = LogLineFact

    def item(self, check: LogLineCheck, context: Context) -> Item:
        """The machine searches: a log is too long to bring back."""
        return {
            "pattern": check.matches,
            "last": seconds(check.last),
            "file": check.file,
            "unit": check.unit,
        }

    def verdict(self, check: LogLineCheck, fact: LogLineFact, parameters: Parameters) -> Verdict:
        """Found, or not found."""
        log = check.file or (
            _("le journal de {unit}").format(unit=check.unit) if check.unit else _("le journal")
        )
        log = _("dans {log} depuis {last}").format(log=log, last=check.last)
        nothing = _("aucune ligne ne correspond {log}").format(log=log)
        if not fact.exists:
            nothing = _("{file} n'existe pas").format(file=check.file)
        found = _("« {sample} »").format(sample=fact.sample[-1]) if fact.sample else ""
        if fact.truncated and not fact.count:
            raise Unjudgeable(_("le journal dépasse ce qui peut être lu en entier"))
        if check.absent:
            expected = _("aucune ligne ne correspond à « {matches} » {log}").format(
                matches=check.matches, log=log
            )
            return Verdict(not fact.count, expected, found or nothing)
        expected = _("une ligne correspond à « {matches} » {log}").format(
            matches=check.matches, log=log
        )
        return Verdict(fact.count > 0, expected, found or nothing)


UNIT = LogLine()
