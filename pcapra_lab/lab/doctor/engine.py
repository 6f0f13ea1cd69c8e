"""The daemon, the images, the accelerator, and what crashes left."""

from collections.abc import Iterator, Sequence

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor.findings import ALL_LESSONS, Finding, Severity
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.leftovers import Leftover, connection, on_daemon, on_disk


def daemon_and_leftovers(installation: Installation) -> Iterator[Finding]:
    """Speak to the daemon, started for it if need be, and look for leftovers."""
    left: list[Leftover] = []
    trouble: LabError | None = None
    try:
        # Before a daemon is started: it would take up what a dead one left.
        left += on_disk(installation)
    except LabError as error:
        trouble = error
    try:
        with connection(installation) as hypervisor:
            version, active = hypervisor.versions(), hypervisor.active()
            left += on_daemon(installation, hypervisor)
    except LabError as error:
        yield Finding(Severity.BLOCKING, _("démon libvirt"), error.message, error.hint, ALL_LESSONS)
    else:
        seen = _("répond ({version}, {active} machine(s) en marche)").format(
            version=version, active=active
        )
        yield Finding(Severity.OK, _("démon libvirt"), seen)
    if trouble is not None:
        yield Finding(Severity.WARNING, _("restes"), trouble.message, trouble.hint)
    else:
        yield _leftovers(left)


def images(installation: Installation) -> Finding:
    """Whether they are built."""
    if installation.images.ready():
        return Finding(Severity.OK, "images", _("construites"))
    return Finding(
        Severity.WARNING,
        "images",
        _("pas encore construites : le premier laboratoire le fera (internet nécessaire)"),
        "pcapra-lab image build",
        _("les leçons sans accès à internet"),
    )


def acceleration(installation: Installation) -> Finding:
    """KVM, if a kernel boots under it."""
    if not installation.images.ready():
        return Finding(
            Severity.WARNING,
            _("accélération"),
            _("pas encore mesurée : elle se mesure en démarrant le noyau d'une image"),
            "pcapra-lab image build",
        )
    verdict = installation.verdict()
    if verdict.accelerator is Accelerator.KVM:
        return Finding(
            Severity.OK,
            _("accélération"),
            _("{verdict} : {reason}").format(verdict=verdict.words, reason=verdict.why),
        )
    return Finding(
        Severity.WARNING,
        _("accélération"),
        _("{verdict} : {reason}").format(verdict=verdict.words, reason=verdict.why),
        _(
            "tout fonctionne, cinq à dix fois plus lentement ; activez la virtualisation dans le "
            "BIOS et entrez dans le groupe kvm si c'est possible"
        ),
    )


def _leftovers(left: Sequence[Leftover]) -> Finding:
    if not left:
        return Finding(Severity.OK, _("restes"), _("aucun"))
    size = sum(one.size for one in left) // 2**20
    return Finding(
        Severity.WARNING,
        _("restes"),
        ngettext(
            "{count} reste d'arrêts brutaux, {size} Mio à reprendre",
            "{count} restes d'arrêts brutaux, {size} Mio à reprendre",
            len(left),
        ).format(count=len(left), size=size),
        "pcapra-lab doctor --fix",
        leftovers=tuple(left),
    )
