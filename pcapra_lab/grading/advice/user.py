"""An account that lacks something, or has too much."""

from collections.abc import Mapping

from pcapra_lab.content.checks.user import UserCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.user import UserFact


def advise(check: UserCheck, facts: Mapping[str, UserFact]) -> Advice | None:
    """Existence, groups, shell, password, then sudo."""
    fact, name = facts[check.vm], check.name
    if fact.exists is not check.exists:
        if check.exists:
            return Advice(f"`getent passwd {name}` ne trouve personne.", "`sudo adduser` le crée.")
        return Advice(f"`getent passwd {name}` le trouve encore.", f"`sudo deluser {name}` ?")
    if any(group not in fact.groups for group in check.groups):
        look = f"`id {name}` : il manque un groupe."
        return Advice(look, f"`sudo usermod -aG GROUPE {name}` l'ajoute, sans ôter les autres.")
    if extra := [group for group in check.groups_absent if group in fact.groups]:
        look = f"`id {name}` montre un groupe de trop : {extra[0]}."
        return Advice(look, f"`sudo gpasswd -d {name} {extra[0]}` ?")
    if check.shell not in (None, fact.shell):
        look = f"`getent passwd {name}` montre un autre shell : {fact.shell}."
        return Advice(look, f"`sudo chsh -s {check.shell} {name}` ?")
    if check.locked is not None and (fact.password in ("locked", "none")) is not check.locked:
        option = "-l" if check.locked else "-u"
        look = f"`sudo passwd -S {name}` montre l'état de son mot de passe."
        return Advice(look, f"`sudo passwd {option} {name}` ?")
    denied = fact.sudo[len(check.sudo_allows) :]
    if "yes" in denied:
        look = f"`sudo -l -U {name}` permet plus qu'il ne faut."
        return Advice(
            look, "Nommez chaque commande permise, par son chemin entier : `sudo visudo`."
        )
    return Advice(f"`sudo -l -U {name}` dit ce qui lui est permis.", "`sudo visudo` le change.")
