"""An HTTP answer that is not the one expected, or that does not come."""

from collections.abc import Mapping

from pcapra_lab.content.checks.http import HttpCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.http import HttpFact
from pcapra_lab.i18n import _

_STATUS = {
    401: _("le serveur demande de s'authentifier"),
    403: _("le serveur refuse l'accès : voyez les droits et sa configuration"),
    404: _("le serveur ne connaît pas ce chemin"),
    500: _("l'application elle-même échoue : voyez son journal"),
    502: _("le relais ne joint pas le serveur qui est derrière lui"),
    503: _("aucun serveur n'est disponible derrière le relais"),
    504: _("le serveur derrière le relais ne répond pas à temps"),
}


def advise(check: HttpCheck, facts: Mapping[str, HttpFact]) -> Advice | None:
    """No answer, the wrong status, then what the answer holds."""
    fact, ask = facts[check.vm], _("`curl -i {url}` sur {vm}").format(url=check.url, vm=check.vm)
    if check.refused:
        return Advice(_("{ask} obtient une réponse : rien ne devait répondre.").format(ask=ask))
    if fact.failure:
        return unanswered(ask, fact.failure)
    if check.status not in (None, fact.status):
        why = _STATUS.get(fact.status, _("ce n'est pas la réponse demandée"))
        return Advice(
            _("{ask} répond {status}.").format(ask=ask, status=fact.status),
            _("{status} : {why}.").format(status=fact.status, why=why),
        )
    if check.bare_status not in (None, fact.bare_status):
        return Advice(
            _("{ask}, sans authentification, n'est pas traité comme il faut.").format(ask=ask)
        )
    return Advice(
        _("{ask} répond, mais pas avec le contenu ou les en-têtes demandés.").format(ask=ask)
    )


def unanswered(ask: str, failure: str) -> Advice:
    """What to say when no answer came."""
    act = {
        "refused": _("Rien n'écoute à cette adresse et ce port : le service est-il démarré ?"),
        "unknown-name": _("Le nom n'est pas connu : voyez /etc/hosts ou le DNS."),
        "tls": _("Le certificat n'est pas accepté : voyez son autorité, son nom et ses dates."),
        "timeout": _("Le paquet se perd : voyez le pare-feu et l'adresse."),
    }.get(failure, _("Voyez le service, son adresse d'écoute et le pare-feu."))
    return Advice(_("{ask} n'obtient pas de réponse.").format(ask=ask), act)
