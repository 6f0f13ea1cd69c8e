"""A line that a log lacks, or that it should not have."""

from collections.abc import Mapping

from pcapra_lab.content.checks.log_line import LogLineCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.log_line import LogLineFact
from pcapra_lab.i18n import _


def advise(check: LogLineCheck, facts: Mapping[str, LogLineFact]) -> Advice | None:
    """Where the log is, and that only what is recent counts."""
    if check.file is not None and not facts[check.vm].exists:
        look = _("{file} n'existe pas sur {vm}.").format(file=check.file, vm=check.vm)
        return Advice(look, _("Le programme écrit-il dans ce fichier, et a-t-il tourné ?"))
    unit = f" -u {check.unit}" if check.unit else ""
    shown = f"`tail {check.file}`" if check.file else f"`journalctl{unit} -n 50`"
    if check.absent:
        return Advice(
            _("{shown} montre encore une ligne récente qui ne devrait plus venir.").format(
                shown=shown
            ),
            _("Corrigez sa cause : la ligne sort du compte après {last}.").format(last=check.last),
        )
    return Advice(
        _("{shown} : la ligne attendue n'y est pas.").format(shown=shown),
        _("Seul ce qui date de moins de {last} compte : refaites ce qui l'écrit.").format(
            last=check.last
        ),
    )
