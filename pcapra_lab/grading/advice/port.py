"""A port that is shut where it should be open, or the reverse."""

from collections.abc import Mapping

from pcapra_lab.content.checks.port import PortCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.port import PortFact

_LOCAL = ("127.0.0.1", "::1")


def advise(check: PortCheck, facts: Mapping[str, PortFact]) -> Advice | None:
    """Who listens first: it explains what the others see."""
    own, port, shown = facts[check.vm], check.port, f"`ss -ltn` sur {check.vm}"
    unwanted = [vm for vm in check.closed_from if facts[vm].reach == "open"]
    if check.closed or unwanted:
        if unwanted:
            look = f"Le port {port} répond encore à {', '.join(unwanted)}, qui n'y a pas droit."
            return Advice(look, "Restreignez l'adresse d'écoute, ou filtrez avec nftables.")
        look = f"{shown} montre que quelque chose écoute encore sur le port {port}."
        return Advice(look, f"`sudo ss -ltnp` nomme le programme du port {port} : arrêtez-le.")
    if not own.listeners:
        look = f"{shown} ne montre rien sur le port {port}."
        return Advice(look, "Le service est-il démarré, et réglé sur ce port ?")
    if all(one in _LOCAL for one in own.listeners):
        look = f"{shown} : le port {port} n'écoute que sur la machine elle-même."
        return Advice(look, "Dans sa configuration, changez l'adresse d'écoute.")
    if check.from_ is not None and facts[check.from_].reach == "unknown-name":
        look = f"{check.from_} ne connaît pas le nom demandé."
        return Advice(look, "`getent hosts` montre ce que cette machine connaît.")
    look = f"Le port {port} écoute, mais pas comme il est demandé : {shown}."
    return Advice(look, "Vérifiez l'adresse d'écoute et le pare-feu (`sudo nft list ruleset`).")
