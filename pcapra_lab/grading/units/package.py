"""A Debian package that is fully installed."""

from typing import Literal

from pcapra_lab.content.checks.package import PackageCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict
from pcapra_lab.i18n import _


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
        expected = _("le paquet {name} est installé").format(name=check.name)
        match fact.status:
            case "installed":
                return Verdict(
                    True,
                    expected,
                    _("{name} {version} est installé").format(
                        name=check.name, version=fact.version
                    ),
                )
            case "absent" | "not-installed":
                return Verdict(
                    False,
                    expected,
                    _("le paquet {name} n'est pas installé").format(name=check.name),
                )
            case "config-files":
                observed = _(
                    "{name} a été désinstallé ; il n'en reste que la configuration"
                ).format(name=check.name)
                return Verdict(False, expected, observed)
        observed = _("l'installation de {name} n'est pas terminée (état dpkg : {status})").format(
            name=check.name, status=fact.status
        )
        return Verdict(False, expected, observed)


UNIT = Package()
