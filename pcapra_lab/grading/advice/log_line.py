"""A line that a log lacks, or that it should not have."""

from collections.abc import Mapping

from pcapra_lab.content.checks.log_line import LogLineCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.log_line import LogLineFact


def advise(check: LogLineCheck, facts: Mapping[str, LogLineFact]) -> Advice | None:
    """Where the log is, and that only what is recent counts."""
    if check.file is not None and not facts[check.vm].exists:
        look = f"{check.file} n'existe pas sur {check.vm}."
        return Advice(look, "Le programme écrit-il dans ce fichier, et a-t-il tourné ?")
    unit = f" -u {check.unit}" if check.unit else ""
    shown = f"`tail {check.file}`" if check.file else f"`journalctl{unit} -n 50`"
    if check.absent:
        return Advice(
            f"{shown} montre encore une ligne récente qui ne devrait plus venir.",
            f"Corrigez sa cause : la ligne sort du compte après {check.last}.",
        )
    return Advice(
        f"{shown} : la ligne attendue n'y est pas.",
        f"Seul ce qui date de moins de {check.last} compte : refaites ce qui l'écrit.",
    )
