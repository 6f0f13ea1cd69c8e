"""A path: what is wrong with it, most fundamental first."""

from collections.abc import Mapping

from pcapra_lab.content.checks.file import FileCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.file import FileFact


def advise(check: FileCheck, facts: Mapping[str, FileFact]) -> Advice | None:
    """Existence, then permissions, owner, group, and text."""
    fact, path = facts[check.vm], check.path
    if not check.exists:
        return Advice(f"`ls -ld {path}` le montre encore.", f"`rm` l'enlève : `rm {path}` ?")
    if there := absent(path, fact):
        return there
    if check.mode_max is not None and int(fact.mode, 8) & ~int(check.mode_max, 8):
        return Advice(
            f"`ls -ld {path}` montre des droits plus larges qu'il ne faut : {fact.mode}.",
            f"`chmod {check.mode_max} {path}` ?",
        )
    if check.owner not in (None, fact.owner):
        look = f"`ls -ld {path}` montre un autre propriétaire : {fact.owner}."
        return Advice(look, f"`chown {check.owner} {path}` ?")
    if check.group not in (None, fact.group):
        look = f"`ls -ld {path}` montre un autre groupe : {fact.group}."
        return Advice(look, f"`chgrp {check.group} {path}` ?")
    if fact.type == "directory":
        return Advice(f"{path} est un dossier : un fichier est attendu à cet endroit.")
    return Advice(f"Relisez `cat {path}` : son contenu n'est pas celui qui est demandé.")


def absent(path: str, fact: FileFact) -> Advice | None:
    """What to say of a path where there is nothing; None where there is something."""
    folder = path.rpartition("/")[0] or "/"
    if fact.type == "absent":
        return Advice(
            f"`ls -l {folder}` ne montre rien de ce nom : vérifiez le chemin.",
            f"Le fichier doit être créé exactement ici : {path}.",
        )
    if fact.type == "broken-link":
        return Advice(
            f"`ls -l {path}` montre un lien vers un fichier qui n'existe pas.",
            "Recréez la cible du lien, ou remplacez le lien par un vrai fichier.",
        )
    return None
