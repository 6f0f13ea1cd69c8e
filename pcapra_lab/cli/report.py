"""The report command: a signed runbook and after-action report, and its verification."""

import getpass
import sys
import time
from pathlib import Path
from typing import NoReturn

import click

from pcapra_lab.cli.common import (
    EXERCISE,
    JSON,
    application,
    guarded,
    print_json,
    session_of,
)
from pcapra_lab.cli.default_command import DefaultGroup
from pcapra_lab.cli.signers import enroll, forget, keys
from pcapra_lab.i18n import _
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.report.keys import SigningKey, own_key, read_key
from pcapra_lab.report.seal import SIGNER
from pcapra_lab.report.signers import Signers
from pcapra_lab.report.text import one_line
from pcapra_lab.session.reporting.facts import gather
from pcapra_lab.session.reporting.writing import HTML, MARKDOWN, verify_report, write_report

UNKNOWN_SIGNER = 7
"""Exit status of an intact report that a stranger signed."""


@click.group(cls=DefaultGroup, default="write")
def report() -> None:
    """Le runbook PRA et le retour d'expérience de l'exercice, signés.

    L'architecture constatée, les procédures et leurs temps, les drills avec leurs rubans, les
    écarts aux objectifs et la checklist, en Markdown et en HTML, dans un dossier signé par la clé
    de votre compte. Le moindre changement d'un fichier se voit à la vérification.

    \b
      pcapra-lab report tp-final                     écrit le rapport dans un nouveau dossier
      pcapra-lab report tp-final --output mon-rapport
      pcapra-lab report tp-final --act               en lançant aussi ce qui agit sur les machines
      pcapra-lab report write --help                 toutes les options

    Un formateur compare une fois l'empreinte avec le stagiaire, de vive voix, puis la reconnaît :

    \b
      pcapra-lab report keys                         (stagiaire) mon empreinte
      pcapra-lab report enroll SHA256:… signataire.pub --name "Alice Martin"
      pcapra-lab report --verify mon-rapport         intègre ? et de qui ?

    La signature prouve que rien n'a changé depuis, et par qui c'est signé ; pas que les mesures
    sont vraies : le stagiaire est maître de son ordinateur.
    """


@report.command()
@EXERCISE
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar=_("DOSSIER"),
    help=_("Où l'écrire : un dossier nouveau ou vide. Sinon, un nom daté dans le dossier courant."),
)
@click.option("--name", metavar=_("NOM"), help=_("Votre nom ; celui du compte sinon."))
@click.option(
    "--probe/--no-probe",
    default=True,
    help=_("Regarde les machines qui tournent, ou s'en tient à ce qui a été vu en dernier."),
)
@click.option("--act", is_flag=True, help=_("Lance aussi ce qui, dans la checklist, agit."))
@click.option(
    "--exam-key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar=_("FICHIER"),
    help=_("Signe avec cette clé Ed25519 (OpenSSH), prêtée par le formateur pour un examen."),
)
@click.option(
    "--verify",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar=_("DOSSIER"),
    help=_("N'écrit rien : vérifie le rapport de ce dossier."),
)
@JSON
@guarded
def write(
    exercise: str | None,
    output: Path | None,
    name: str | None,
    probe: bool,
    act: bool,
    exam_key: Path | None,
    verify: Path | None,
    as_json: bool,
) -> None:
    """Écrit le rapport d'un exercice, ou en vérifie un.

    Les machines qui tournent sont regardées une fois ; ce qui dort est décrit comme il a été vu
    en dernier, avec sa date ; ce qui n'a jamais été vu est dit inconnu. Le corrigé n'y est jamais.

    Avec --verify, code de sortie : 0 si le rapport est intègre et son signataire enrôlé ; 1 s'il a
    été modifié ; 7 s'il est intègre, mais que le signataire est inconnu.
    """
    if verify is not None:
        if exercise or output or act or exam_key:
            raise click.UsageError(_("--verify s'emploie seul"))
        _verify(verify, as_json=as_json)
    if act and not probe:
        raise click.UsageError(_("--act regarde les machines : retirez --no-probe"))
    # Before anything is looked at: a key that cannot sign must not cost minutes.
    key = _key(exam_key)
    with application() as app, session_of(app, exercise, exclusive=act) as opened:
        inspection = opened.inspection
        seen = inspection.look(act=act) if probe else inspection.last()
        facts = gather(app, opened, one_line(name or "") or getpass.getuser(), seen)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(facts.at))
    folder = output or Path(f"rapport-{facts.exercise.id}-{stamp}")
    seal = write_report(facts, folder, key)
    if as_json:
        print_json({"folder": str(folder), "signer": seal.key.fingerprint})
        return
    click.echo(_("Rapport signé : {path}").format(path=folder / HTML))
    click.echo(_("En Markdown : {path}").format(path=folder / MARKDOWN))
    click.echo(_("Clé : {fingerprint}").format(fingerprint=seal.key.fingerprint))


for one in (keys, enroll, forget):
    report.add_command(one)


def _verify(folder: Path, *, as_json: bool) -> NoReturn:
    found = verify_report(folder, Signers(default_paths().signers))
    fingerprint, signer = found.seal.key.fingerprint, found.signer
    if as_json:
        named = one_line(signer.name) if signer else None
        print_json({"intact": True, "fingerprint": fingerprint, "signer": named})
        sys.exit(0 if signer else UNKNOWN_SIGNER)
    if signer:
        said = _("intègre, signé par {name}").format(name=one_line(signer.name))
        click.secho(f"✔ {said}", fg="green")
    else:
        click.secho(_("? intègre, mais signataire inconnu"), fg="yellow")
    click.echo(_("  Clé : {fingerprint}").format(fingerprint=fingerprint))
    for label, value in found.about.items():
        click.echo(_("  {label} : {value}").format(label=label, value=value))
    if signer:
        sys.exit(0)
    click.secho(
        _(
            "  → faites-vous lire l'empreinte par son auteur, puis :"
            " pcapra-lab report enroll EMPREINTE {path}"
        ).format(path=folder / SIGNER),
        fg="yellow",
    )
    sys.exit(UNKNOWN_SIGNER)


def _key(exam_key: Path | None) -> SigningKey:
    if exam_key is None:
        return own_key(default_paths().identity)

    def ask() -> str:
        said: str = click.prompt(_("Phrase secrète"), hide_input=True, err=True)
        return said

    return read_key(exam_key, ask if sys.stdin.isatty() else None)
