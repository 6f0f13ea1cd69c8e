"""A command that ends or speaks otherwise."""

import shlex
from collections.abc import Mapping

from pcapra_lab.content.checks.command import CommandCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.facts import RunFact
from pcapra_lab.grading.text import clean


def advise(check: CommandCheck, facts: Mapping[str, RunFact]) -> Advice | None:
    """The command can be run by hand: it says more than its status."""
    fact, shown = facts[check.vm], clean(shlex.join(check.run), 120)
    if fact.exit == 127:
        look = f"`{check.run[0]}` est introuvable sur {check.vm}."
        return Advice(look, "Le paquet qui fournit cette commande est-il installé ?")
    if fact.exit == 126:
        return Advice(f"`{check.run[0]}` existe, mais ne peut pas être exécuté : voyez ses droits.")
    if fact.exit != check.exit_code:
        return Advice(f"Exécutez `{shown}` sur {check.vm}, et lisez ce qu'il répond.")
    return Advice(f"Exécutez `{shown}` sur {check.vm}, et comparez ce qu'il affiche.")
