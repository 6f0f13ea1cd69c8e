"""A command that ends or speaks otherwise."""

import shlex
from collections.abc import Mapping

from pcapra_lab.content.checks.command import CommandCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.facts import RunFact
from pcapra_lab.grading.text import clean
from pcapra_lab.i18n import _


def advise(check: CommandCheck, facts: Mapping[str, RunFact]) -> Advice | None:
    """The command can be run by hand: it says more than its status."""
    fact, shown = facts[check.vm], clean(shlex.join(check.run), 120)
    if fact.exit == 127:
        look = _("`{run}` est introuvable sur {vm}.").format(run=check.run[0], vm=check.vm)
        return Advice(look, _("Le paquet qui fournit cette commande est-il installé ?"))
    if fact.exit == 126:
        return Advice(
            _("`{run}` existe, mais ne peut pas être exécuté : voyez ses droits.").format(
                run=check.run[0]
            )
        )
    if fact.exit != check.exit_code:
        return Advice(
            _("Exécutez `{shown}` sur {vm}, et lisez ce qu'il répond.").format(
                shown=shown, vm=check.vm
            )
        )
    return Advice(
        _("Exécutez `{shown}` sur {vm}, et comparez ce qu'il affiche.").format(
            shown=shown, vm=check.vm
        )
    )
