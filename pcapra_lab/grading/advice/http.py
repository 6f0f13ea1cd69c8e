"""An HTTP answer that is not the one expected, or that does not come."""

from collections.abc import Mapping

from pcapra_lab.content.checks.http import HttpCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.http import HttpFact

_STATUS = {
    401: "le serveur demande de s'authentifier",
    403: "le serveur refuse l'accès : voyez les droits et sa configuration",
    404: "le serveur ne connaît pas ce chemin",
    500: "l'application elle-même échoue : voyez son journal",
    502: "le relais ne joint pas le serveur qui est derrière lui",
    503: "aucun serveur n'est disponible derrière le relais",
    504: "le serveur derrière le relais ne répond pas à temps",
}


def advise(check: HttpCheck, facts: Mapping[str, HttpFact]) -> Advice | None:
    """No answer, the wrong status, then what the answer holds."""
    fact, ask = facts[check.vm], f"`curl -i {check.url}` sur {check.vm}"
    if check.refused:
        return Advice(f"{ask} obtient une réponse : rien ne devait répondre.")
    if fact.failure:
        return unanswered(ask, fact.failure)
    if check.status not in (None, fact.status):
        why = _STATUS.get(fact.status, "ce n'est pas la réponse demandée")
        return Advice(f"{ask} répond {fact.status}.", f"{fact.status} : {why}.")
    if check.bare_status not in (None, fact.bare_status):
        return Advice(f"{ask}, sans authentification, n'est pas traité comme il faut.")
    return Advice(f"{ask} répond, mais pas avec le contenu ou les en-têtes demandés.")


def unanswered(ask: str, failure: str) -> Advice:
    """What to say when no answer came."""
    act = {
        "refused": "Rien n'écoute à cette adresse et ce port : le service est-il démarré ?",
        "unknown-name": "Le nom n'est pas connu : voyez /etc/hosts ou le DNS.",
        "tls": "Le certificat n'est pas accepté : voyez son autorité, son nom et ses dates.",
        "timeout": "Le paquet se perd : voyez le pare-feu et l'adresse.",
    }.get(failure, "Voyez le service, son adresse d'écoute et le pare-feu.")
    return Advice(f"{ask} n'obtient pas de réponse.", act)
