"""A command's exit status and output."""

import shlex

from pcapra_lab.content.checks.command import CommandCheck
from pcapra_lab.grading.facts import RunFact, ending
from pcapra_lab.grading.patterns import text_problem
from pcapra_lab.grading.text import clean, last_lines
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _


class Command(OneMachine[CommandCheck, RunFact]):
    """``command``."""

    guest = "command"
    fact = RunFact

    def item(self, check: CommandCheck, context: Context) -> Item:
        """The command, its account and its environment."""
        return {"argv": check.run, "user": check.user.value, "env": check.env}

    def verdict(self, check: CommandCheck, fact: RunFact, parameters: Parameters) -> Verdict:
        """Its status, then its text."""
        shown = clean(shlex.join(check.run), 200)
        if fact.timed_out:
            raise Unjudgeable(
                _("« {shown} » n'a pas fini en {timeout}").format(
                    shown=shown, timeout=check.timeout
                )
            )
        expected = [
            _("« {shown} » se termine avec le code {exit_code}").format(
                shown=shown, exit_code=check.exit_code
            )
        ]
        if check.stdout_matches is not None:
            expected.append(
                _("affiche un texte qui correspond à « {stdout_matches} »").format(
                    stdout_matches=check.stdout_matches
                )
            )
        if check.stdout_lacks is not None:
            expected.append(
                _("n'affiche rien qui corresponde à « {stdout_lacks} »").format(
                    stdout_lacks=check.stdout_lacks
                )
            )
        problem = ""
        if fact.exit != check.exit_code:
            said = last_lines(fact.stderr) or last_lines(fact.stdout)
            problem = ending(fact.exit) + (f" : {said}" if said else "")
        else:
            problem = text_problem(
                fact.stdout,
                fact.truncated,
                check.stdout_matches,
                check.stdout_lacks,
                _("la sortie"),
            )
        observed = problem or _("code de sortie {exit}").format(exit=fact.exit)
        return Verdict(not problem, _(", et ").join(expected), observed)


UNIT = Command()
