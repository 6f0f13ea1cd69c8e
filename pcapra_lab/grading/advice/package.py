"""A package that is not fully installed."""

from collections.abc import Mapping

from pcapra_lab.content.checks.package import PackageCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.package import PackageFact
from pcapra_lab.i18n import _


def advise(check: PackageCheck, facts: Mapping[str, PackageFact]) -> Advice | None:
    """By what dpkg says of it."""
    name = check.name
    if facts[check.vm].status in ("absent", "not-installed", "config-files"):
        look = _("`dpkg -l {name}` ne le montre pas installé sur {vm}.").format(
            name=name, vm=check.vm
        )
        return Advice(
            look, _("`sudo apt install {name}` sur {vm} ?").format(name=name, vm=check.vm)
        )
    look = _("`dpkg -l {name}` montre une installation inachevée.").format(name=name)
    return Advice(look, _("`sudo dpkg --configure -a` la termine."))
