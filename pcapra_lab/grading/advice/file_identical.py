"""A file that is not the bytes it should be."""

from collections.abc import Mapping

from pcapra_lab.content.checks.file_identical import FileIdenticalCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.advice.file import absent
from pcapra_lab.grading.units.file import FileFact
from pcapra_lab.i18n import _


def advise(check: FileIdenticalCheck, facts: Mapping[str, FileFact]) -> Advice | None:
    """Never a byte of what is expected."""
    fact, path = facts[check.vm], check.path
    if there := absent(path, fact):
        return there
    if fact.type != "file":
        return Advice(_("{path} n'est pas un fichier : `ls -ld {path}`.").format(path=path))
    if fact.size == 0:
        return Advice(
            _("{path} est vide : `ls -l {path}`.").format(path=path),
            _("Relancez ce qui devait l'écrire."),
        )
    return Advice(
        _("{path} ressemble à l'original, mais n'a pas les mêmes octets.").format(path=path),
        _("Retapé ou copié-collé, un texte change : restaurez-le depuis sa sauvegarde."),
    )
