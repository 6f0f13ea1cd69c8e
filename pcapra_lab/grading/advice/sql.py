"""A database that answers otherwise, lets in, or keeps out."""

from collections.abc import Mapping

from pcapra_lab.content.checks.sql import SqlCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.sql import SqlFact
from pcapra_lab.i18n import _


def advise(check: SqlCheck, facts: Mapping[str, SqlFact]) -> Advice | None:
    """The client, the way in, then rights and rows."""
    first, *others = facts[check.vm].answers
    client = "psql" if check.engine == "postgresql" else "mysql"
    who = (
        _("le compte {account}").format(account=check.account)
        if check.account
        else _("le compte du système")
    )
    if first.state == "no-client":
        return Advice(
            _("La commande `{client}` manque sur {vm}.").format(client=client, vm=check.vm),
            _("Installez ce client."),
        )
    if first.state == "no-link":
        look = _("`{client}` n'entre pas pour {who}.").format(client=client, who=who)
        return Advice(
            look, _("Le serveur tourne-t-il ? L'hôte, le port, le compte sont-ils permis ?")
        )
    if not check.login:
        return Advice(
            _("`{client}` fait encore entrer {who}, qui ne devrait pas l'être.").format(
                client=client, who=who
            )
        )
    if first.state == "error":
        look = _(
            "La requête échoue pour {who} : un droit, une base ou une table lui manque."
        ).format(who=who)
        return Advice(look, _("GRANT donne un droit ; vérifiez d'abord la base et la table."))
    if any(answer.state == "ok" for answer in others):
        look = _("{upper}{who} peut plus qu'il ne faut.").format(upper=who[0].upper(), who=who[1:])
        return Advice(look, _("REVOKE retire un droit ; SHOW GRANTS ou \\dp les montre."))
    return Advice(_("La requête réussit, mais ne rend pas les lignes attendues."))
