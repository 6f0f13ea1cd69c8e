"""A script of the exercise that judges by itself."""

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.content.checks.script import ScriptCheck
from pcapra_lab.grading.facts import RunFact, ending
from pcapra_lab.grading.scripts import script_fields
from pcapra_lab.grading.text import last_lines
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict


class _ScriptVerdict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    ok: bool
    expected: str
    observed: str
    hint: str = ""


class Script(OneMachine[ScriptCheck, RunFact]):
    """``script``."""

    guest = "script"
    fact = RunFact

    def item(self, check: ScriptCheck, context: Context) -> Item:
        """The script's text and its arguments."""
        fields = script_fields(context, check.run, check.user)
        return fields | {"args": check.args}

    def verdict(self, check: ScriptCheck, fact: RunFact, parameters: Parameters) -> Verdict:
        """The verdict it printed."""
        if fact.timed_out:
            raise Unjudgeable(f"le script {check.run} n'a pas fini en {check.timeout}")
        if fact.exit != 0:
            said = last_lines(fact.stderr)
            failed = f"le script {check.run} a échoué, {ending(fact.exit)}"
            raise Unjudgeable(f"{failed} : {said}" if said else failed)
        try:
            verdict = _ScriptVerdict.model_validate_json(fact.stdout)
        except ValidationError as error:
            said = last_lines(fact.stdout, 1)
            raise Unjudgeable(
                f"le script {check.run} n'a pas rendu un verdict lisible"
                + (f" : {said}" if said else "")
            ) from error
        return Verdict(verdict.ok, verdict.expected, verdict.observed, verdict.hint)


UNIT = Script()
