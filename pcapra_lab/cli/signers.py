"""Commands on whose report it is: the account's own key, and those that it recognises."""

import time
from pathlib import Path

import click

from pcapra_lab.cli.common import JSON, guarded, print_json
from pcapra_lab.i18n import _
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.report.keys import NAME, own_key
from pcapra_lab.report.signers import Signers
from pcapra_lab.report.sshsig import PublicKey
from pcapra_lab.report.text import one_line


@click.command()
@JSON
@guarded
def keys(as_json: bool) -> None:
    """L'empreinte de votre clé, et les clés que vous avez enrôlées.

    Lisez votre empreinte à votre formateur, de vive voix ou à l'écran : c'est ce qui lui permettra
    de reconnaître vos rapports. La clé privée ne quitte pas votre compte.
    """
    paths = default_paths()
    mine = PublicKey.of(own_key(paths.identity))
    public = paths.identity / f"{NAME}.pub"
    known = Signers(paths.signers).all()
    if as_json:
        enrolled = [{"name": one.name, "fingerprint": one.key.fingerprint} for one in known]
        own = {"fingerprint": mine.fingerprint, "public": str(public)}
        print_json({"own": own, "enrolled": enrolled})
        return
    click.echo(_("Votre clé : {fingerprint}").format(fingerprint=mine.fingerprint))
    click.echo(_("Sa partie publique, à donner : {path}").format(path=public))
    if not known:
        click.echo(_("Aucune clé enrôlée."))
    for one in known:
        at = time.strftime("%d/%m/%Y", time.localtime(one.enrolled_at))
        click.echo(f"  {one.key.fingerprint}  {at}  {one_line(one.name)}")


@click.command()
@click.argument("fingerprint", metavar=_("EMPREINTE"))
@click.argument(
    "file", metavar=_("FICHIER"), type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@click.option("--name", default="", metavar=_("NOM"), help=_("Qui c'est ; dit par la clé sinon."))
@guarded
def enroll(fingerprint: str, file: Path, name: str) -> None:
    """Reconnaît désormais une clé publique.

    Si c'est bien celle dont on vous a lu l'empreinte : elle vient du stagiaire lui-même
    (pcapra-lab report keys, sur son écran), le fichier de son rapport (signataire.pub). Recopier
    l'empreinte depuis le fichier ne prouverait rien.
    """
    signer = Signers(default_paths().signers).enroll(fingerprint, file, name)
    click.echo(_("Enrôlée : {name}").format(name=one_line(signer.name)))


@click.command()
@click.argument("fingerprint", metavar=_("EMPREINTE"))
@guarded
def forget(fingerprint: str) -> None:
    """Ne reconnaît plus une clé.

    Perdue, partagée, ou d'une classe terminée : ses rapports redeviennent ceux d'un inconnu.
    """
    signer = Signers(default_paths().signers).forget(fingerprint)
    click.echo(_("Oubliée : {name}").format(name=one_line(signer.name)))
