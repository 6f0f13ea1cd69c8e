"""An address that too many machines have, or too few, or the wrong one."""

from collections.abc import Mapping
from ipaddress import ip_address

from pcapra_lab.content.checks.address import AddressCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.address import AddressFact
from pcapra_lab.i18n import _


def advise(check: AddressCheck, facts: Mapping[str, AddressFact]) -> Advice | None:
    """Who has it."""
    wanted = ip_address(check.address)
    holders = [vm for vm, fact in facts.items() if wanted in map(ip_address, fact.addresses)]
    look = _("`ip -br address` sur {facts}").format(facts=", ".join(facts))
    if not holders:
        return Advice(
            _("{look} : personne ne porte {address}.").format(look=look, address=check.address),
            _("Ce qui l'attribue tourne-t-il, sur une interface active ?"),
        )
    if len(holders) > check.holders:
        return Advice(
            _("{look} : {address} est portée par {holders} à la fois.").format(
                look=look, address=check.address, holders=", ".join(holders)
            ),
            _("Ces machines ne s'entendent plus : voyez le réseau et le pare-feu entre elles."),
        )
    where = _("{look} : {address} est sur {holders}.").format(
        look=look, address=check.address, holders=", ".join(holders)
    )
    return Advice(where, _("Comparez les priorités, et ce que dit le journal de chaque machine."))
