"""A path: what is wrong with it, most fundamental first."""

from collections.abc import Mapping

from pcapra_lab.content.checks.file import FileCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.file import FileFact
from pcapra_lab.i18n import _


def advise(check: FileCheck, facts: Mapping[str, FileFact]) -> Advice | None:
    """Existence, then permissions, owner, group, and text."""
    fact, path = facts[check.vm], check.path
    if not check.exists:
        return Advice(
            _("`ls -ld {path}` le montre encore.").format(path=path),
            _("`rm` l'enlève : `rm {path}` ?").format(path=path),
        )
    if there := absent(path, fact):
        return there
    if check.mode_max is not None and int(fact.mode, 8) & ~int(check.mode_max, 8):
        return Advice(
            _("`ls -ld {path}` montre des droits plus larges qu'il ne faut : {mode}.").format(
                path=path, mode=fact.mode
            ),
            f"`chmod {check.mode_max} {path}` ?",
        )
    if check.owner not in (None, fact.owner):
        look = _("`ls -ld {path}` montre un autre propriétaire : {owner}.").format(
            path=path, owner=fact.owner
        )
        return Advice(look, f"`chown {check.owner} {path}` ?")
    if check.group not in (None, fact.group):
        look = _("`ls -ld {path}` montre un autre groupe : {group}.").format(
            path=path, group=fact.group
        )
        return Advice(look, f"`chgrp {check.group} {path}` ?")
    if fact.type == "directory":
        return Advice(
            _("{path} est un dossier : un fichier est attendu à cet endroit.").format(path=path)
        )
    return Advice(
        _("Relisez `cat {path}` : son contenu n'est pas celui qui est demandé.").format(path=path)
    )


def absent(path: str, fact: FileFact) -> Advice | None:
    """What to say of a path where there is nothing; None where there is something."""
    folder = path.rpartition("/")[0] or "/"
    if fact.type == "absent":
        return Advice(
            _("`ls -l {folder}` ne montre rien de ce nom : vérifiez le chemin.").format(
                folder=folder
            ),
            _("Le fichier doit être créé exactement ici : {path}.").format(path=path),
        )
    if fact.type == "broken-link":
        return Advice(
            _("`ls -l {path}` montre un lien vers un fichier qui n'existe pas.").format(path=path),
            _("Recréez la cible du lien, ou remplacez le lien par un vrai fichier."),
        )
    return None
