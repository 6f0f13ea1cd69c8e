"""What a connection came to, in French."""

from pcapra_lab.i18n import _

_WORDS = {
    "open": "accessible",
    "refused": _("connexion refusée"),
    "reset": _("connexion coupée"),
    "timeout": _("aucune réponse dans le délai"),
    "unreachable": _("injoignable (routage ou filtrage)"),
    "unknown-name": _("nom de machine inconnu"),
    "tls": _("échec TLS"),
    "protocol": _("réponse qui n'est pas de l'HTTP"),
    "no-ca": _("le fichier de l'autorité de certification est absent ou illisible"),
}


def in_words(word: str) -> str:
    """The guest's word, as a trainee reads it."""
    return _WORDS.get(word, word)
