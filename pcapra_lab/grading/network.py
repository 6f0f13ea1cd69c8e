"""What a connection came to, in French."""

_WORDS = {
    "open": "accessible",
    "refused": "connexion refusée",
    "reset": "connexion coupée",
    "timeout": "aucune réponse dans le délai",
    "unreachable": "injoignable (routage ou filtrage)",
    "unknown-name": "nom de machine inconnu",
    "tls": "échec TLS",
    "protocol": "réponse qui n'est pas de l'HTTP",
    "no-ca": "le fichier de l'autorité de certification est absent ou illisible",
}


def in_words(word: str) -> str:
    """The guest's word, as a trainee reads it."""
    return _WORDS.get(word, word)
