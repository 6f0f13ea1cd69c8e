"""A unit that does not run, or will not at the next boot."""

from collections.abc import Mapping

from pcapra_lab.content.checks.service import ServiceCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.service import ServiceFact
from pcapra_lab.i18n import _


def advise(check: ServiceCheck, facts: Mapping[str, ServiceFact]) -> Advice | None:
    """The unit's existence, then now, then the next boot."""
    fact, unit = facts[check.vm], check.unit
    status = f"`systemctl status {unit}`"
    if fact.load == "not-found":
        look = _("{status} ne connaît pas cette unité sur {vm}.").format(status=status, vm=check.vm)
        return Advice(
            look, _("Installez le paquet qui la fournit, puis `systemctl daemon-reload`.")
        )
    if fact.file.startswith("masked"):
        return Advice(
            _("{status} la dit masquée.").format(status=status), f"`sudo systemctl unmask {unit}` ?"
        )
    if fact.active == "failed" and check.running:
        look = _("{status} la montre en échec.").format(status=status)
        return Advice(look, f"`journalctl -u {unit} -n 20` dit pourquoi.")
    if check.running and fact.active != "active":
        return Advice(
            _("{status} la montre à l'arrêt.").format(status=status),
            f"`sudo systemctl start {unit}` ?",
        )
    if check.running is False and fact.active not in ("inactive", "failed"):
        return Advice(
            _("{status} la montre en marche.").format(status=status),
            f"`sudo systemctl stop {unit}` ?",
        )
    if check.at_boot and fact.file not in ("enabled", "alias", "generated"):
        look = _(
            "`systemctl is-enabled {unit}` : elle ne reviendra pas au prochain démarrage."
        ).format(unit=unit)
        return Advice(look, f"`sudo systemctl enable {unit}` ?")
    if check.at_boot is False:
        look = _("`systemctl is-enabled {unit}` : elle reviendra au prochain démarrage.").format(
            unit=unit
        )
        return Advice(look, f"`sudo systemctl disable {unit}` ?")
    return Advice(
        _("`systemctl show {unit} -p NRestarts` compte trop de relances.").format(unit=unit),
        _("`journalctl -u {unit}` dit pourquoi elle retombe.").format(unit=unit),
    )
