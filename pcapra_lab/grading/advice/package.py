"""A package that is not fully installed."""

from collections.abc import Mapping

from pcapra_lab.content.checks.package import PackageCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.package import PackageFact


def advise(check: PackageCheck, facts: Mapping[str, PackageFact]) -> Advice | None:
    """By what dpkg says of it."""
    name = check.name
    if facts[check.vm].status in ("absent", "not-installed", "config-files"):
        look = f"`dpkg -l {name}` ne le montre pas installé sur {check.vm}."
        return Advice(look, f"`sudo apt install {name}` sur {check.vm} ?")
    look = f"`dpkg -l {name}` montre une installation inachevée."
    return Advice(look, "`sudo dpkg --configure -a` la termine.")
