"""An address on exactly so many machines of a set, judged on all of them together."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Literal

from pcapra_lab.content.checks.address import AddressCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, Parameters, Unit, Unjudgeable, Verdict
from pcapra_lab.i18n import _


class AddressFact(Fact):
    """The addresses of a machine."""

    kind: Literal["address"]
    addresses: list[str]


class Address(Unit[AddressCheck, AddressFact]):
    """``address``."""

    guest = "address"
    fact = AddressFact

    def asks(self, check: AddressCheck, context: Context) -> Mapping[str, Item]:
        """The same question to every machine of the set."""
        return {vm: {} for vm in check.machines()}

    def judge(
        self, check: AddressCheck, facts: Mapping[str, AddressFact], parameters: Parameters
    ) -> Verdict:
        """The number of holders, then who they are."""
        try:
            wanted = ip_address(check.address)
            holders = [
                vm for vm, fact in facts.items() if wanted in map(ip_address, fact.addresses)
            ]
        except ValueError as error:
            raise Unjudgeable(_("adresse illisible ({error})").format(error=error)) from error
        machines = ", ".join(facts)
        expected = _("{address} est sur {count} parmi {machines}").format(
            address=check.address, count=_count(check.holders), machines=machines
        )
        if check.holders == 0:
            expected = _("{address} n'est sur aucune machine parmi {machines}").format(
                address=check.address, machines=machines
            )
        if check.holder is not None:
            expected += f" : {check.holder}"
        right = check.holder is None or check.holder in holders
        observed = _("{address} est sur {holders}").format(
            address=check.address, holders=", ".join(holders)
        )
        if not holders:
            observed = _("{address} n'est sur aucune machine parmi {machines}").format(
                address=check.address, machines=machines
            )
        return Verdict(len(holders) == check.holders and right, expected, observed)


def _count(number: int) -> str:
    return (
        _("une machine exactement")
        if number == 1
        else _("{number} machines exactement").format(number=number)
    )


UNIT = Address()
