"""A port that is shut where it should be open, or the reverse."""

from collections.abc import Mapping

from pcapra_lab.content.checks.port import PortCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.port import PortFact
from pcapra_lab.i18n import _

_LOCAL = ("127.0.0.1", "::1")


def advise(check: PortCheck, facts: Mapping[str, PortFact]) -> Advice | None:
    """Who listens first: it explains what the others see."""
    own, port, shown = facts[check.vm], check.port, _("`ss -ltn` sur {vm}").format(vm=check.vm)
    unwanted = [vm for vm in check.closed_from if facts[vm].reach == "open"]
    if check.closed or unwanted:
        if unwanted:
            look = _("Le port {port} répond encore à {unwanted}, qui n'y a pas droit.").format(
                port=port, unwanted=", ".join(unwanted)
            )
            return Advice(look, _("Restreignez l'adresse d'écoute, ou filtrez avec nftables."))
        look = _("{shown} montre que quelque chose écoute encore sur le port {port}.").format(
            shown=shown, port=port
        )
        return Advice(
            look,
            _("`sudo ss -ltnp` nomme le programme du port {port} : arrêtez-le.").format(port=port),
        )
    if not own.listeners:
        look = _("{shown} ne montre rien sur le port {port}.").format(shown=shown, port=port)
        return Advice(look, _("Le service est-il démarré, et réglé sur ce port ?"))
    if all(one in _LOCAL for one in own.listeners):
        look = _("{shown} : le port {port} n'écoute que sur la machine elle-même.").format(
            shown=shown, port=port
        )
        return Advice(look, _("Dans sa configuration, changez l'adresse d'écoute."))
    if check.from_ is not None and facts[check.from_].reach == "unknown-name":
        look = _("{place} ne connaît pas le nom demandé.").format(place=check.from_)
        return Advice(look, _("`getent hosts` montre ce que cette machine connaît."))
    look = _("Le port {port} écoute, mais pas comme il est demandé : {shown}.").format(
        port=port, shown=shown
    )
    return Advice(look, _("Vérifiez l'adresse d'écoute et le pare-feu (`sudo nft list ruleset`)."))
