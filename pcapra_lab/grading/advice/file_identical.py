"""A file that is not the bytes it should be."""

from collections.abc import Mapping

from pcapra_lab.content.checks.file_identical import FileIdenticalCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.advice.file import absent
from pcapra_lab.grading.units.file import FileFact


def advise(check: FileIdenticalCheck, facts: Mapping[str, FileFact]) -> Advice | None:
    """Never a byte of what is expected."""
    fact, path = facts[check.vm], check.path
    if there := absent(path, fact):
        return there
    if fact.type != "file":
        return Advice(f"{path} n'est pas un fichier : `ls -ld {path}`.")
    if fact.size == 0:
        return Advice(f"{path} est vide : `ls -l {path}`.", "Relancez ce qui devait l'écrire.")
    return Advice(
        f"{path} ressemble à l'original, mais n'a pas les mêmes octets.",
        "Retapé ou copié-collé, un texte change : restaurez-le depuis sa sauvegarde.",
    )
