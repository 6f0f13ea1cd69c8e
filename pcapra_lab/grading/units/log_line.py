"""A recent line of a log."""

from typing import Literal

from pcapra_lab.content.base import seconds
from pcapra_lab.content.checks.log_line import LogLineCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict


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
        log = check.file or (f"le journal de {check.unit}" if check.unit else "le journal")
        log = f"dans {log} depuis {check.last}"
        nothing = f"aucune ligne ne correspond {log}"
        if not fact.exists:
            nothing = f"{check.file} n'existe pas"
        found = f"« {fact.sample[-1]} »" if fact.sample else ""
        if fact.truncated and not fact.count:
            raise Unjudgeable("le journal dépasse ce qui peut être lu en entier")
        if check.absent:
            expected = f"aucune ligne ne correspond à « {check.matches} » {log}"
            return Verdict(not fact.count, expected, found or nothing)
        expected = f"une ligne correspond à « {check.matches} » {log}"
        return Verdict(fact.count > 0, expected, found or nothing)


UNIT = LogLine()
