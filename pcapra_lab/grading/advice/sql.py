"""A database that answers otherwise, lets in, or keeps out."""

from collections.abc import Mapping

from pcapra_lab.content.checks.sql import SqlCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.sql import SqlFact


def advise(check: SqlCheck, facts: Mapping[str, SqlFact]) -> Advice | None:
    """The client, the way in, then rights and rows."""
    first, *others = facts[check.vm].answers
    client = "psql" if check.engine == "postgresql" else "mysql"
    who = f"le compte {check.account}" if check.account else "le compte du système"
    if first.state == "no-client":
        return Advice(f"La commande `{client}` manque sur {check.vm}.", "Installez ce client.")
    if first.state == "no-link":
        look = f"`{client}` n'entre pas pour {who}."
        return Advice(look, "Le serveur tourne-t-il ? L'hôte, le port, le compte sont-ils permis ?")
    if not check.login:
        return Advice(f"`{client}` fait encore entrer {who}, qui ne devrait pas l'être.")
    if first.state == "error":
        look = f"La requête échoue pour {who} : un droit, une base ou une table lui manque."
        return Advice(look, "GRANT donne un droit ; vérifiez d'abord la base et la table.")
    if any(answer.state == "ok" for answer in others):
        look = f"{who[0].upper()}{who[1:]} peut plus qu'il ne faut."
        return Advice(look, "REVOKE retire un droit ; SHOW GRANTS ou \\dp les montre.")
    return Advice("La requête réussit, mais ne rend pas les lignes attendues.")
