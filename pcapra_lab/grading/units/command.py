"""A command's exit status and output."""

import shlex

from pcapra_lab.content.checks.command import CommandCheck
from pcapra_lab.grading.facts import RunFact, ending
from pcapra_lab.grading.patterns import text_problem
from pcapra_lab.grading.text import clean, last_lines
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict


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
            raise Unjudgeable(f"« {shown} » n'a pas fini en {check.timeout}")
        expected = [f"« {shown} » se termine avec le code {check.exit_code}"]
        if check.stdout_matches is not None:
            expected.append(f"affiche un texte qui correspond à « {check.stdout_matches} »")
        if check.stdout_lacks is not None:
            expected.append(f"n'affiche rien qui corresponde à « {check.stdout_lacks} »")
        problem = ""
        if fact.exit != check.exit_code:
            said = last_lines(fact.stderr) or last_lines(fact.stdout)
            problem = ending(fact.exit) + (f" : {said}" if said else "")
        else:
            problem = text_problem(
                fact.stdout, fact.truncated, check.stdout_matches, check.stdout_lacks, "la sortie"
            )
        observed = problem or f"code de sortie {fact.exit}"
        return Verdict(not problem, ", et ".join(expected), observed)


UNIT = Command()
