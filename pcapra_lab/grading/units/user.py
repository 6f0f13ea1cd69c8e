"""An account: what it is, what it may do, what it may not."""

import shlex
from typing import Literal

from pydantic import Field

from pcapra_lab.content.checks.user import UserCheck
from pcapra_lab.errors import ContentError
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _

_PASSWORDS = {
    "empty": _("mot de passe vide"),
    "locked": _("mot de passe verrouillé"),
    "none": _("aucun mot de passe enregistré"),
    "set": _("mot de passe utilisable"),
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
                _("Contrôle « {id} » : commande illisible ({error}).").format(
                    id=check.id, error=error
                )
            ) from error

    def verdict(self, check: UserCheck, fact: UserFact, parameters: Parameters) -> Verdict:
        """All that is wrong at once."""
        found = _("le compte {name} existe").format(name=check.name)
        missing = _("le compte {name} n'existe pas").format(name=check.name)
        if not check.exists:
            return Verdict(not fact.exists, missing, found if fact.exists else missing)
        if not fact.exists:
            return Verdict(False, ", ".join(_expected(check)), missing)
        problems = _problems(check, fact) + _sudo_problems(check, fact)
        observed = ", ".join(problems) or _("{found}, groupes {groups}").format(
            found=found, groups=", ".join(fact.groups)
        )
        return Verdict(not problems, ", ".join(_expected(check)), observed)


def _expected(check: UserCheck) -> list[str]:
    wanted = [_("le compte {name} existe").format(name=check.name)]
    if check.groups:
        wanted.append(_("membre de {groups}").format(groups=", ".join(check.groups)))
    if check.groups_absent:
        wanted.append(
            _("pas membre de {groups_absent}").format(groups_absent=", ".join(check.groups_absent))
        )
    if check.shell is not None:
        wanted.append(f"shell {check.shell}")
    if check.locked is not None:
        wanted.append(
            _("mot de passe {value}").format(
                value=_("verrouillé") if check.locked else _("utilisable")
            )
        )
    wanted += (
        _("sudo permet « {command} »").format(command=command) for command in check.sudo_allows
    )
    wanted += (
        _("sudo interdit « {command} »").format(command=command) for command in check.sudo_denies
    )
    return wanted


def _problems(check: UserCheck, fact: UserFact) -> list[str]:
    problems = [
        _("pas membre de {name}").format(name=name)
        for name in check.groups
        if name not in fact.groups
    ]
    problems += (
        _("membre de {name}").format(name=name)
        for name in check.groups_absent
        if name in fact.groups
    )
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
        raise Unjudgeable(_("sudo n'a pas répondu pour chaque commande"))
    problems = []
    for position, (command, answer) in enumerate(zip(commands, fact.sudo, strict=True)):
        allowed_side = position < len(check.sudo_allows)
        if answer == "absent" and not allowed_side:
            # Refused because there is nothing to run: proves nothing.
            raise Unjudgeable(
                _("« {command} » n'existe pas sur {vm}").format(command=command, vm=check.vm)
            )
        if answer == "absent":
            problems.append(_("« {command} » n'existe pas").format(command=command))
        elif allowed_side and answer == "no":
            problems.append(_("sudo interdit « {command} »").format(command=command))
        elif not allowed_side and answer == "yes":
            problems.append(_("sudo permet « {command} »").format(command=command))
    return problems


UNIT = User()
