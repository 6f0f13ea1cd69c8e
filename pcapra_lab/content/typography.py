"""The few faults of French typography that a program can be sure of."""

import re

_CODE = re.compile(r"`[^`]*`")
_RULES = (
    (re.compile(r"^\s|\s$"), "espace au début ou à la fin"),
    (re.compile(r"[ \t]{2,}"), "deux espaces de suite"),
    (re.compile(r"\.{3}"), "points de suspension : « … » en un seul signe"),
    (re.compile(r"[^\s;:!?(«…$][;:!?](?=\s|$)"), "espace manquante avant « ; : ! ? »"),
    (re.compile(r"«\S|\S»"), "espace manquante à l'intérieur des guillemets"),
)
_SENTENCE_END = re.compile(r"[.!?…:»`)]$")
_TITLE_END = re.compile(r"[.,;:]$")


def title_faults(text: str) -> list[str]:
    """What is wrong with a title, which takes no final point."""
    faults = _faults(text)
    if _TITLE_END.search(text.strip()):
        faults.append("un titre ne finit pas par une ponctuation")
    return faults


def sentence_faults(text: str) -> list[str]:
    """What is wrong with a hint, which is made of whole sentences."""
    faults = _faults(text)
    if not _SENTENCE_END.search(text.strip()):
        faults.append("une phrase finit par un point")
    return faults


def _faults(text: str) -> list[str]:
    if not text.strip():
        return ["texte vide"]
    # Code keeps its own punctuation; a letter in its place keeps the spaces around it.
    prose = _CODE.sub("x", text)
    return [message for rule, message in _RULES if rule.search(prose)]
