"""An address that too many machines have, or too few, or the wrong one."""

from collections.abc import Mapping
from ipaddress import ip_address

from pcapra_lab.content.checks.address import AddressCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.address import AddressFact


def advise(check: AddressCheck, facts: Mapping[str, AddressFact]) -> Advice | None:
    """Who has it."""
    wanted = ip_address(check.address)
    holders = [vm for vm, fact in facts.items() if wanted in map(ip_address, fact.addresses)]
    look = f"`ip -br address` sur {', '.join(facts)}"
    if not holders:
        return Advice(
            f"{look} : personne ne porte {check.address}.",
            "Ce qui l'attribue tourne-t-il, sur une interface active ?",
        )
    if len(holders) > check.holders:
        return Advice(
            f"{look} : {check.address} est portée par {', '.join(holders)} à la fois.",
            "Ces machines ne s'entendent plus : voyez le réseau et le pare-feu entre elles.",
        )
    where = f"{look} : {check.address} est sur {', '.join(holders)}."
    return Advice(where, "Comparez les priorités, et ce que dit le journal de chaque machine.")
