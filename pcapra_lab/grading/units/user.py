"""An account: what it is, what it may do, what it may not."""

import shlex
from typing import Literal

from pydantic import Field

from pcapra_lab.content.checks.user import UserCheck
from pcapra_lab.errors import ContentError
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict

_PASSWORDS = {
    "empty": "mot de passe vide",
    "locked": "mot de passe verrouillé",
    "none": "aucun mot de passe enregistré",
    "set": "mot de passe utilisable",
}


class UserFact(Fact):
    """An account, or that there is none."""

    kind: Literal["user"]
    exists: bool
    shell: str = ""
    groups: list[str] = Field(default=[])
    password: Literal["", "empty", "locked", "none", "set"] = ""
    sudo: list[Literal["yes", "no", "absent"]] = Field(default=[])
    """One answer per command, in the order asked."""


class User(OneMachine[UserCheck, UserFact]):
    """``user``."""

    guest = "user"
    fact = UserFact

    def item(self, check: UserCheck, context: Context) -> Item:
        """The account, and the commands of both sides."""
        commands = [*check.sudo_allows, *check.sudo_denies]
        try:
            return {"name": check.name, "sudo": [shlex.split(command) for command in commands]}
        except ValueError as error:
            raise ContentError(
                f"Contrôle « {check.id} » : commande illisible ({error})."
            ) from error

    def verdict(self, check: UserCheck, fact: UserFact, parameters: Parameters) -> Verdict:
        """All that is wrong at once."""
        found = f"le compte {check.name} existe"
        missing = f"le compte {check.name} n'existe pas"
        if not check.exists:
            return Verdict(not fact.exists, missing, found if fact.exists else missing)
        if not fact.exists:
            return Verdict(False, ", ".join(_expected(check)), missing)
        problems = _problems(check, fact) + _sudo_problems(check, fact)
        observed = ", ".join(problems) or f"{found}, groupes {', '.join(fact.groups)}"
        return Verdict(not problems, ", ".join(_expected(check)), observed)


def _expected(check: UserCheck) -> list[str]:
    wanted = [f"le compte {check.name} existe"]
    if check.groups:
        wanted.append(f"membre de {', '.join(check.groups)}")
    if check.groups_absent:
        wanted.append(f"pas membre de {', '.join(check.groups_absent)}")
    if check.shell is not None:
        wanted.append(f"shell {check.shell}")
    if check.locked is not None:
        wanted.append(f"mot de passe {'verrouillé' if check.locked else 'utilisable'}")
    wanted += (f"sudo permet « {command} »" for command in check.sudo_allows)
    wanted += (f"sudo interdit « {command} »" for command in check.sudo_denies)
    return wanted


def _problems(check: UserCheck, fact: UserFact) -> list[str]:
    problems = [f"pas membre de {name}" for name in check.groups if name not in fact.groups]
    problems += (f"membre de {name}" for name in check.groups_absent if name in fact.groups)
    if check.shell not in (None, fact.shell):
        problems.append(f"shell {fact.shell}")
    # No entry in shadow opens no session either; an empty password opens it to all.
    shut = fact.password in ("locked", "none")
    if check.locked is not None and (shut is not check.locked or fact.password == "empty"):  # noqa: S105
        problems.append(_PASSWORDS[fact.password])
    return problems


def _sudo_problems(check: UserCheck, fact: UserFact) -> list[str]:
    commands = [*check.sudo_allows, *check.sudo_denies]
    if len(fact.sudo) != len(commands):
        raise Unjudgeable("sudo n'a pas répondu pour chaque commande")
    problems = []
    for position, (command, answer) in enumerate(zip(commands, fact.sudo, strict=True)):
        allowed_side = position < len(check.sudo_allows)
        if answer == "absent" and not allowed_side:
            # Refused because there is nothing to run: proves nothing.
            raise Unjudgeable(f"« {command} » n'existe pas sur {check.vm}")
        if answer == "absent":
            problems.append(f"« {command} » n'existe pas")
        elif allowed_side and answer == "no":
            problems.append(f"sudo interdit « {command} »")
        elif not allowed_side and answer == "yes":
            problems.append(f"sudo permet « {command} »")
    return problems


UNIT = User()
