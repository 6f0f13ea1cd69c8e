"""A report from its facts to a signed folder, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.i18n import LANGUAGE, _
from pcapra_lab.report.document import Document
from pcapra_lab.report.document import Facts as FactRows
from pcapra_lab.report.html import to_html
from pcapra_lab.report.keys import SigningKey
from pcapra_lab.report.markdown import to_markdown
from pcapra_lab.report.seal import Seal, read_sealed, write_sealed
from pcapra_lab.report.signers import Signer, Signers
from pcapra_lab.report.sshsig import PublicKey
from pcapra_lab.report.text import one_line
from pcapra_lab.session.reporting.architecture import architecture
from pcapra_lab.session.reporting.checklist import checklist
from pcapra_lab.session.reporting.conditions import conditions
from pcapra_lab.session.reporting.data import as_data
from pcapra_lab.session.reporting.drills import drills, gaps
from pcapra_lab.session.reporting.facts import Facts
from pcapra_lab.session.reporting.procedures import procedures
from pcapra_lab.session.reporting.summary import summary
from pcapra_lab.session.reporting.words import moment

MARKDOWN, HTML, DATA = "rapport.md", "rapport.html", "rapport.json"


def document_of(facts: Facts, fingerprint: str) -> Document:
    """The whole report.

    Args:
        fingerprint: of the key that signs.
    """
    sections = (
        summary(facts),
        architecture(facts),
        procedures(facts),
        drills(facts),
        gaps(facts),
        checklist(facts),
        conditions(facts, fingerprint),
    )
    return Document(
        title=_("Runbook PRA et retour d'expérience : {title}").format(title=facts.exercise.title),
        subtitle=_("{module}, leçon {number}").format(
            module=facts.module, number=facts.lesson.meta.number
        ),
        language=LANGUAGE,
        head=FactRows.of(
            [
                (_("Auteur"), facts.author),
                (_("Date"), moment(facts.at)),
                (_("Clé"), fingerprint),
            ]
        ),
        sections=tuple(one for one in sections if one is not None),
    )


def write_report(facts: Facts, folder: Path, key: SigningKey) -> Seal:
    """Write a signed report into a new folder.

    Raises:
        LabError: the folder holds something, or this host's disk refused.
    """
    fingerprint = PublicKey.of(key).fingerprint
    document = document_of(facts, fingerprint)
    data = json.dumps(as_data(facts, fingerprint), ensure_ascii=False, indent=1)
    files = {
        MARKDOWN: to_markdown(document).encode("utf-8", "replace"),
        HTML: to_html(document).encode("utf-8", "replace"),
        DATA: f"{data}\n".encode("utf-8", "replace"),
        **{one.name: f"{one.svg}\n".encode("utf-8", "replace") for one in document.figures()},
    }
    return write_sealed(folder, files, key, facts.author)


@dataclass(frozen=True, slots=True)
class Verified:
    """A report that is as it was signed."""

    seal: Seal
    signer: Signer | None
    """None: its key was never enrolled here."""
    about: Mapping[str, str]
    """What the signed data says of itself, by label; empty when they are of another program."""


def verify_report(folder: Path, signers: Signers) -> Verified:
    """Whether a folder is as it was signed, and by whom.

    Raises:
        BrokenSeal: it is not.
        LabError: it cannot be read, or the list of enrolled keys cannot.
    """
    seal = read_sealed(folder)
    return Verified(seal, signers.find(seal.key), _about(seal.files.get(DATA, b"")))


def _about(text: bytes) -> dict[str, str]:
    """From data that anybody may have signed: nothing of it is taken for granted."""
    try:
        data = json.loads(text)
        about = {
            _("Exercice"): f"{data['title']} [{data['exercise']}]",
            _("Auteur"): str(data["author"]),
            _("Date"): moment(float(data["at"])),
            _("Parcours"): _("n° {run}").format(run=int(data["run"])),
            _("Points"): f"{int(data['earned'])}/{int(data['points'])}",
        }
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return {}
    return {label: one_line(value)[:200] for label, value in about.items()}
