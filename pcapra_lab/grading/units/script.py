"""A script of the exercise that judges by itself."""

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.content.checks.script import ScriptCheck
from pcapra_lab.grading.facts import RunFact, ending
from pcapra_lab.grading.scripts import script_fields
from pcapra_lab.grading.text import last_lines
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _


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
            raise Unjudgeable(
                _("le script {run} n'a pas fini en {timeout}").format(
                    run=check.run, timeout=check.timeout
                )
            )
        if fact.exit != 0:
            said = last_lines(fact.stderr)
            failed = _("le script {run} a échoué, {ending}").format(
                run=check.run, ending=ending(fact.exit)
            )
            raise Unjudgeable(
                _("{failed} : {said}").format(failed=failed, said=said) if said else failed
            )
        try:
            verdict = _ScriptVerdict.model_validate_json(fact.stdout)
        except ValidationError as error:
            said = last_lines(fact.stdout, 1)
            raise Unjudgeable(
                _("le script {run} n'a pas rendu un verdict lisible").format(run=check.run)
                + (f" : {said}" if said else "")
            ) from error
        return Verdict(verdict.ok, verdict.expected, verdict.observed, verdict.hint)


UNIT = Script()
