"""What this host has, lacks, and what mends it. Findings only: a front shows them."""

import locale
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pcapra_lab.content.locate import program_root
from pcapra_lab.errors import LabError
from pcapra_lab.lab.accel import QEMU, qemu_version
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.disks import QEMU_OVERHEAD_MIB
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.host import free_disk_mib, free_memory_mib
from pcapra_lab.lab.images.catalog import BUILD_ROOM_MIB
from pcapra_lab.lab.images.namespace import namespace_problem
from pcapra_lab.lab.libvirt_binding import load_libvirt
from pcapra_lab.lab.lifecycle import FIRST_ROOM_MIB

SUPPORTED = {("debian", "12"), ("debian", "13")}
LIKELY = {("ubuntu", "24.04")}
PROGRAMS = {
    QEMU: "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "libvirtd": "libvirt-daemon",
    "mmdebstrap": "mmdebstrap",
    "apt-ftparchive": "apt-utils",
    "gpg": "gpg",
    "mke2fs": "e2fsprogs",
}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES_FILE = "setup/debian-packages.txt"


class Severity(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    severity: Severity
    subject: str
    seen: str
    remedy: str = ""
    """A command or a sentence."""
    packages: tuple[str, ...] = ()
    """Debian packages that would mend it."""


def examine(installation: Installation) -> Iterator[Finding]:
    """Look at everything, cheapest first."""
    yield _system()
    yield from _programs()
    yield _binding()
    yield _namespaces()
    yield _memory(installation)
    yield _disk(installation)
    yield _terminal()
    yield from _attempt("démon libvirt", lambda: _daemon(installation))
    yield from _attempt("images", lambda: _images(installation))
    yield from _attempt("accélération", lambda: _acceleration(installation))


def host_packages() -> list[str]:
    """The Debian packages that the lab needs."""
    # The program's own list, whatever course is taught.
    text = (program_root() / PACKAGES_FILE).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _attempt(subject: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield look()
    except LabError as error:
        yield Finding(Severity.BLOCKING, subject, error.message, error.hint)


def _system() -> Finding:
    values = {}
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        values[name] = value.strip('"')
    system = (values.get("ID", "?"), values.get("VERSION_ID", "?"))
    name = values.get("PRETTY_NAME", " ".join(system))
    if system in SUPPORTED:
        return Finding(Severity.OK, "système", name)
    if system in LIKELY:
        return Finding(
            Severity.WARNING,
            "système",
            f"{name} : jamais vérifié",
            "signalez ce qui ne marche pas",
        )
    return Finding(
        Severity.BLOCKING,
        "système",
        f"{name} n'est pas pris en charge",
        "Debian 12 ou 13",
    )


def _programs() -> Iterator[Finding]:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = {p: d for p, d in PROGRAMS.items() if shutil.which(p, path=path) is None}
    if not KEYRING.exists():
        missing[KEYRING.name] = "debian-archive-keyring"
    if missing:
        packages = tuple(sorted(set(missing.values())))
        yield Finding(
            Severity.BLOCKING,
            "programmes",
            f"il manque {', '.join(missing)}",
            f"sudo apt install {' '.join(packages)}",
            packages,
        )
    else:
        yield Finding(Severity.OK, "programmes", qemu_version())


def _binding() -> Finding:
    try:
        number = load_libvirt().getVersion()
    except LabError as error:
        return Finding(
            Severity.BLOCKING, "libvirt (Python)", error.message, error.hint, ("python3-libvirt",)
        )
    version = f"libvirt {number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
    return Finding(Severity.OK, "libvirt (Python)", version)


def _namespaces() -> Finding:
    if os.geteuid() == 0:
        return Finding(Severity.OK, "compte", "root : démon système, images dans /var/lib")
    if problem := namespace_problem():
        return Finding(
            Severity.BLOCKING, "espaces de noms", problem.message, problem.hint, ("uidmap",)
        )
    return Finding(Severity.OK, "espaces de noms", "plage de sous-comptes présente")


def _memory(installation: Installation) -> Finding:
    free = free_memory_mib()
    needs = {
        t.id: sum(vm.memory_mib + QEMU_OVERHEAD_MIB for vm in t.vms)
        for t in installation.catalogue.topologies()
    }
    short = [f"{name} ({need} Mio)" for name, need in needs.items() if need > free]
    if short:
        return Finding(
            Severity.WARNING,
            "mémoire",
            f"{free} Mio libres : trop peu pour {', '.join(short)}",
            "fermez des programmes avant ces leçons",
        )
    return Finding(Severity.OK, "mémoire", f"{free} Mio libres, le plus grand laboratoire tient")


def _disk(installation: Installation) -> Finding:
    free = free_disk_mib(installation.paths.images)
    needed = FIRST_ROOM_MIB if installation.images.ready() else BUILD_ROOM_MIB
    if free < needed:
        return Finding(
            Severity.BLOCKING,
            "disque",
            f"{free} Mio libres pour les images, il en faut {needed}",
            "libérez de la place, ou placez tout ailleurs avec PCAPRA_HOME",
        )
    return Finding(Severity.OK, "disque", f"{free} Mio libres pour les images")


def _terminal() -> Finding:
    encoding = locale.getpreferredencoding(False).lower().replace("-", "")
    if encoding != "utf8":
        return Finding(
            Severity.WARNING,
            "terminal",
            f"encodage {encoding} : les accents seront perdus",
            "export LANG=C.UTF-8",
        )
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") == "dumb":
        return Finding(
            Severity.WARNING,
            "terminal",
            "TERM=dumb : l'application ne peut pas s'afficher",
            "ouvrez un autre terminal",
        )
    return Finding(Severity.OK, "terminal", "UTF-8")


def _daemon(installation: Installation) -> Finding:
    was_running = installation.daemons.running()
    hypervisor = installation.daemons.connect()
    version, active = hypervisor.versions(), hypervisor.active()
    hypervisor.close()
    if not was_running:
        installation.daemons.stop_ours()
    return Finding(
        Severity.OK, "démon libvirt", f"répond ({version}, {active} machine(s) en marche)"
    )


def _images(installation: Installation) -> Finding:
    if installation.images.ready():
        return Finding(Severity.OK, "images", "construites")
    return Finding(Severity.WARNING, "images", "pas encore construites", "pcapra-lab image build")


def _acceleration(installation: Installation) -> Finding:
    if not installation.images.ready():
        return Finding(
            Severity.WARNING,
            "accélération",
            "pas encore mesurée : elle se mesure en démarrant le noyau d'une image",
            "pcapra-lab image build",
        )
    verdict = installation.verdict()
    if verdict.accelerator is Accelerator.KVM:
        return Finding(Severity.OK, "accélération", f"{verdict.words} : {verdict.reason}")
    return Finding(
        Severity.WARNING,
        "accélération",
        f"{verdict.words} : {verdict.reason}",
        "tout fonctionne, cinq à dix fois plus lentement ; activez la virtualisation dans le "
        "BIOS et entrez dans le groupe kvm si c'est possible",
    )
