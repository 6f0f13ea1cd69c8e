"""A Debian package that is fully installed."""

from typing import Literal

from pcapra_lab.content.checks.package import PackageCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict


class PackageFact(Fact):
    """A package's state in dpkg's words; ``absent`` when dpkg never heard of it."""

    kind: Literal["package"]
    status: str
    version: str


class Package(OneMachine[PackageCheck, PackageFact]):
    """``package``."""

    guest = "package"
    fact = PackageFact

    def item(self, check: PackageCheck, context: Context) -> Item:
        """The package's name."""
        return {"name": check.name}

    def verdict(self, check: PackageCheck, fact: PackageFact, parameters: Parameters) -> Verdict:
        """Its state for dpkg."""
        expected = f"le paquet {check.name} est installé"
        match fact.status:
            case "installed":
                return Verdict(True, expected, f"{check.name} {fact.version} est installé")
            case "absent" | "not-installed":
                return Verdict(False, expected, f"le paquet {check.name} n'est pas installé")
            case "config-files":
                observed = f"{check.name} a été désinstallé ; il n'en reste que la configuration"
                return Verdict(False, expected, observed)
        observed = f"l'installation de {check.name} n'est pas terminée (état dpkg : {fact.status})"
        return Verdict(False, expected, observed)


UNIT = Package()
