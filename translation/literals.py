"""French that would be shown as it is, whatever the language: literals outside ``_()``."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

MARKERS = frozenset({"_", "N_", "ngettext", "pgettext"})

_ACCENTS = re.compile(r"[àâäçéèêëîïôöùûüœÀÂÇÉÈÊËÎÏÔÙÛŒ«»]")
_TYPOGRAPHY = re.compile(r"(?<=[\w})]) [:;?!](?= |$)|[\d}] %(?= |$)|(?:Ki|Mi|Gi)o\b")
_ELISION = re.compile(r"(?i)\b(?:[cdjlmnst]|qu|jusqu|lorsqu)['’][a-zà-ÿ]{2,}")
_WORDS = frozenset(
    """absente adresse adresses aide annuler après atteint attend attendu attendue au aucun
    aucune aux avec ce ces cet cette chaque charge chercher choisir commande commandes comme
    connecte copier couleurs dans de depuis des disque droits du elle en encore enregistrement
    envoyer espace est et existe fermer fichier groupe groupes ici il ils impossible inconnu
    inconnue inconnus indice indices interrompu interrompue introuvable jamais la lancer le
    lecture les leur lien ligne lignes lire local lui machines mais mesurer montez ne nom
    nomme non nous nouveau objectif ou oui ouvrir paquets par pas perdu perte piste placer
    plus points pour prochain puis quand que quel quelle qui quitter relancer revient rouge sa
    sans ses seulement si solution sont sous suivant suivante sur toujours tous tout toutes
    trop un une utilisable valeurs vers vert vide voir voisine vos votre vous vu""".split()  # noqa: SIM905
)
"""One of these among several words is enough."""

_ALONE = frozenset(
    """labo accueil actif actualiser aide annuler appliquer atteint attendu aucun aucune carte
    chercher choisir coller commande commandes connexion construites copier disque enregistrer
    erreur exercice fait fermer fichier glossaire inactif inconnu inconnue indice indices
    langue lien ligne liste montrer nom nouveau ouvrir panne partout piste placer processus
    programmes quitter recommencer relancer renvoyer restauration rester restes signes
    sommaire suivant supprimer temps utilisable valeur vide vu""".split()  # noqa: SIM905
)
"""Words that are shown alone and name nothing in the program."""

_EDGES = " .,;:!?…()[]{}'\"—·●○⚠▸■+-\n"


@dataclass(frozen=True, slots=True)
class Literal:
    """A string of the source, or an f-string."""

    node: ast.expr
    text: str
    """What is fixed in it: an f-string's fields are left out as ``{}``."""

    @property
    def line(self) -> int:
        """Where it begins, from 1."""
        return self.node.lineno


def looks_french(text: str) -> bool:
    """Whether a person would read it as French.

    Accents, guillemets, French spacing and elisions tell; otherwise two words of which one is a
    French word that programs do not use.
    """
    if _ACCENTS.search(text) or _ELISION.search(text):
        return True
    words = [word for part in text.split() if (word := part.strip(_EDGES)).isalpha()]
    if _TYPOGRAPHY.search(text) and (words or "{}" in text):
        return True
    if len(words) == 1:
        return words[0].lower() in (_ALONE if len(text.split()) == 1 else _ALONE | _WORDS)
    return any(word.lower() in _WORDS for word in words)


def bare_literals(tree: ast.Module) -> Iterator[Literal]:
    """Strings that nothing marks for translation; neither docstrings nor f-strings' insides.

    The literals in an f-string's fields are given apart from it.
    """
    yield from _visit(tree)


def _visit(node: ast.AST) -> Iterator[Literal]:
    if isinstance(node, ast.Call) and _name(node.func) in MARKERS:
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
        yield Literal(node, text)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _visit(part.value)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Literal(node, node.value)
        return
    for child in ast.iter_child_nodes(node):
        if not _is_docstring(child):
            yield from _visit(child)


def misfilled(tree: ast.Module) -> Iterator[tuple[int, set[str]]]:
    """Where ``_("…").format(…)`` does not fill just what there is to fill, and what is amiss."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        marked = node.func.value
        if node.func.attr != "format" or not isinstance(marked, ast.Call):
            continue
        if _name(marked.func) not in MARKERS:
            continue
        texts = [arg.value for arg in marked.args if isinstance(arg, ast.Constant)]
        wanted = set[str]().union(*(_roots(text) for text in texts if isinstance(text, str)))
        given = {keyword.arg for keyword in node.keywords if keyword.arg}
        if wanted ^ given and not any(keyword.arg is None for keyword in node.keywords):
            yield node.lineno, wanted ^ given


def shadows(tree: ast.Module) -> Iterator[int]:
    """Lines where a module that translates uses ``_`` as a variable, which it would then call.

    A comprehension has a scope of its own: its variable hides nothing outside it.
    """
    uses = any(isinstance(n, ast.Call) and _name(n.func) == "_" for n in ast.walk(tree))
    if not uses:
        return
    comprehended = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store):
            if id(node) not in comprehended:
                yield node.lineno
        elif isinstance(node, ast.arg) and node.arg == "_":
            yield node.lineno


def _roots(text: str) -> set[str]:
    found: set[str] = set()
    for _before, name, spec, _conversion in string.Formatter().parse(text):
        if name is not None:
            found |= {re.split(r"[.\[]", name)[0]} | _roots(spec or "")
    return found


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""
