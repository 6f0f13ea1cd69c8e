"""What this host has, lacks, and what mends it. Findings only: a front shows them.

The real path is exercised wherever that is cheap: QEMU is started, the daemon is spoken to, a
name space is made, a kernel is booted under KVM.
"""

from collections.abc import Callable, Iterator

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import bundle, engine, resources, software, terminal
from pcapra_lab.lab.doctor.findings import ALL_LESSONS, Finding, Severity
from pcapra_lab.lab.doctor.software import installer

__all__ = ["Finding", "Severity", "examine", "installer"]


def examine(installation: Installation) -> Iterator[Finding]:
    """Look at everything, cheapest first. A look that fails is a finding, not an end."""
    yield from _attempt(_("système"), software.system)
    yield from _attempt(_("programmes"), software.programs)
    yield from _attempt("QEMU", software.qemu)
    yield from _attempt("libvirt (Python)", software.binding)
    yield from _attempt(_("espaces de noms"), software.namespaces)
    yield from _attempt(_("mémoire"), lambda: resources.memory(installation))
    yield from _attempt(_("disque"), lambda: resources.disk(installation))
    yield from _attempt(_("langue"), terminal.language)
    yield from _attempt("terminal", terminal.screen)
    yield from engine.daemon_and_leftovers(installation)
    yield from _attempt("images", lambda: engine.images(installation))
    if installation.bundle.recipe.products:
        yield from _attempt(bundle.SUBJECT, lambda: bundle.bundle(installation))
    yield from _attempt(_("accélération"), lambda: engine.acceleration(installation))


def _attempt(subject: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield look()
    except LabError as error:
        yield Finding(
            Severity.BLOCKING, subject, error.message, remedy=error.hint, blocks=ALL_LESSONS
        )
