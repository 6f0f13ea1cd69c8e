"""An account that lacks something, or has too much."""

from collections.abc import Mapping

from pcapra_lab.content.checks.user import UserCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.user import UserFact
from pcapra_lab.i18n import _


def advise(check: UserCheck, facts: Mapping[str, UserFact]) -> Advice | None:
    """Existence, groups, shell, password, then sudo."""
    fact, name = facts[check.vm], check.name
    if fact.exists is not check.exists:
        if check.exists:
            return Advice(
                _("`getent passwd {name}` ne trouve personne.").format(name=name),
                _("`sudo adduser` le crée."),
            )
        return Advice(
            _("`getent passwd {name}` le trouve encore.").format(name=name),
            f"`sudo deluser {name}` ?",
        )
    if any(group not in fact.groups for group in check.groups):
        look = _("`id {name}` : il manque un groupe.").format(name=name)
        return Advice(
            look,
            _("`sudo usermod -aG GROUPE {name}` l'ajoute, sans ôter les autres.").format(name=name),
        )
    if extra := [group for group in check.groups_absent if group in fact.groups]:
        look = _("`id {name}` montre un groupe de trop : {extra}.").format(
            name=name, extra=extra[0]
        )
        return Advice(look, f"`sudo gpasswd -d {name} {extra[0]}` ?")
    if check.shell not in (None, fact.shell):
        look = _("`getent passwd {name}` montre un autre shell : {shell}.").format(
            name=name, shell=fact.shell
        )
        return Advice(look, f"`sudo chsh -s {check.shell} {name}` ?")
    if check.locked is not None and (fact.password in ("locked", "none")) is not check.locked:
        option = "-l" if check.locked else "-u"
        look = _("`sudo passwd -S {name}` montre l'état de son mot de passe.").format(name=name)
        return Advice(look, f"`sudo passwd {option} {name}` ?")
    denied = fact.sudo[len(check.sudo_allows) :]
    if "yes" in denied:
        look = _("`sudo -l -U {name}` permet plus qu'il ne faut.").format(name=name)
        return Advice(
            look, _("Nommez chaque commande permise, par son chemin entier : `sudo visudo`.")
        )
    return Advice(
        _("`sudo -l -U {name}` dit ce qui lui est permis.").format(name=name),
        _("`sudo visudo` le change."),
    )
