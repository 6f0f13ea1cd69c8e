"""A unit that does not run, or will not at the next boot."""

from collections.abc import Mapping

from pcapra_lab.content.checks.service import ServiceCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.service import ServiceFact


def advise(check: ServiceCheck, facts: Mapping[str, ServiceFact]) -> Advice | None:
    """The unit's existence, then now, then the next boot."""
    fact, unit = facts[check.vm], check.unit
    status = f"`systemctl status {unit}`"
    if fact.load == "not-found":
        look = f"{status} ne connaît pas cette unité sur {check.vm}."
        return Advice(look, "Installez le paquet qui la fournit, puis `systemctl daemon-reload`.")
    if fact.file.startswith("masked"):
        return Advice(f"{status} la dit masquée.", f"`sudo systemctl unmask {unit}` ?")
    if fact.active == "failed" and check.running:
        look = f"{status} la montre en échec."
        return Advice(look, f"`journalctl -u {unit} -n 20` dit pourquoi.")
    if check.running and fact.active != "active":
        return Advice(f"{status} la montre à l'arrêt.", f"`sudo systemctl start {unit}` ?")
    if check.running is False and fact.active not in ("inactive", "failed"):
        return Advice(f"{status} la montre en marche.", f"`sudo systemctl stop {unit}` ?")
    if check.at_boot and fact.file not in ("enabled", "alias", "generated"):
        look = f"`systemctl is-enabled {unit}` : elle ne reviendra pas au prochain démarrage."
        return Advice(look, f"`sudo systemctl enable {unit}` ?")
    if check.at_boot is False:
        look = f"`systemctl is-enabled {unit}` : elle reviendra au prochain démarrage."
        return Advice(look, f"`sudo systemctl disable {unit}` ?")
    return Advice(
        f"`systemctl show {unit} -p NRestarts` compte trop de relances.",
        f"`journalctl -u {unit}` dit pourquoi elle retombe.",
    )
