"""« Conditions »: versions, accelerator, clocks, and what the signature is worth."""

import time

from pcapra_lab.i18n import _
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.report.document import Bullets, Code, Paragraph, Section
from pcapra_lab.report.document import Facts as FactRows
from pcapra_lab.report.seal import NAMESPACE, SIGNATURE, SUMS
from pcapra_lab.session.reporting.facts import Facts
from pcapra_lab.session.reporting.words import UNKNOWN, moment

_ACCELERATORS = {
    Accelerator.KVM.value: _("accélération matérielle (KVM)"),
    Accelerator.TCG.value: _("émulation logicielle (TCG) : les durées sont plus longues"),
}


def conditions(facts: Facts, fingerprint: str) -> Section:
    """The section.

    Args:
        fingerprint: of the key that signs.
    """
    machines = facts.seen.machines
    world = dict(machines.world) if machines else {}
    images = {name: value for name, value in world.items() if name.startswith("image ")}
    rows = [
        *facts.host,
        (_("Hyperviseur"), world.get("hypervisor", UNKNOWN)),
        (_("Accélération"), _ACCELERATORS.get(world.get("accelerator", ""), UNKNOWN)),
        *((_("Image {name}").format(name=n.removeprefix("image ")), v) for n, v in images.items()),
        (_("Niveau de la leçon"), facts.exercise.level.value),
        (_("Parcours"), _("n° {run}").format(run=facts.run)),
        (_("Heures"), _("celles de cet ordinateur, UTC{zone}").format(zone=_zone(facts.at))),
    ]
    verify = (
        f"sha256sum -c {SUMS}\n"
        f"ssh-keygen -Y verify -f allowed_signers -I alice -n {NAMESPACE} -s {SIGNATURE} < {SUMS}"
    )
    return Section(
        "conditions",
        _("Conditions et signature"),
        (
            FactRows.of([(label, value) for label, value in rows]),
            Section(
                "signature",
                _("Ce que la signature prouve, et ne prouve pas"),
                (
                    Paragraph(
                        _(
                            "Ce dossier est signé (Ed25519) par la clé {fingerprint}, le {when}. "
                            "« pcapra-lab report --verify DOSSIER » dit s'il est intact."
                        ).format(fingerprint=fingerprint, when=moment(facts.at))
                    ),
                    Bullets(
                        (
                            _(
                                "Elle prouve qu'aucun fichier n'a changé depuis la signature, et "
                                "que le détenteur de cette clé l'a faite."
                            ),
                            _(
                                "Elle ne dit qui il est qu'à un formateur qui a comparé "
                                "l'empreinte avec lui, puis enrôlé la clé (report enroll)."
                            ),
                            _(
                                "Elle ne prouve pas que les mesures sont vraies : le stagiaire est "
                                "maître de son ordinateur, de ses machines et de sa progression. "
                                "La date est celle de son horloge."
                            ),
                        )
                    ),
                    Code(verify, "bash", _("La même vérification, sans pcapra-lab :")),
                ),
            ),
        ),
    )


def _zone(at: float) -> str:
    zone = time.strftime("%z", time.localtime(at))
    return f"{zone[:3]}:{zone[3:]}"
