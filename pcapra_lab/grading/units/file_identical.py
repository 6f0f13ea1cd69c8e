"""A file that is byte for byte what was planted; the guest never learns what."""

import hashlib

from pcapra_lab.content.checks.file_identical import FileIdenticalCheck
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict
from pcapra_lab.grading.units.file import KINDS, FileFact, missing
from pcapra_lab.i18n import _


class FileIdentical(OneMachine[FileIdenticalCheck, FileFact]):
    """``file_identical``."""

    guest = "file"
    fact = FileFact

    def item(self, check: FileIdenticalCheck, context: Context) -> Item:
        """Its hash is asked for; the expected one stays here."""
        return {"path": check.path, "sha256": True}

    def verdict(self, check: FileIdenticalCheck, fact: FileFact, parameters: Parameters) -> Verdict:
        """Its size, then its hash."""
        expected = _("{path} est identique, octet pour octet, au fichier d'origine").format(
            path=check.path
        )
        data = parameters[check.parameter].encode("utf-8")
        problems = missing(check.path, fact)
        if not problems and fact.type != "file":
            problems = [_("{path} est {type}").format(path=check.path, type=KINDS[fact.type])]
        if not problems and fact.size != len(data):
            problems = [
                _("{size} octets au lieu de {count}").format(size=fact.size, count=len(data))
            ]
        if not problems and fact.sha256 != hashlib.sha256(data).hexdigest():
            problems = [_("la taille est la bonne, mais le contenu diffère")]
        observed = ", ".join(problems) or _("{size} octets, même empreinte SHA-256").format(
            size=fact.size
        )
        return Verdict(not problems, expected, observed)


UNIT = FileIdentical()
