"""Memory and disk, against what the course's labs and images take."""

from collections.abc import Collection
from pathlib import Path

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.models import Topology
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor.findings import ALL_LESSONS, Finding, Severity
from pcapra_lab.lab.host import free_disk_mib, free_memory_mib
from pcapra_lab.lab.images.catalog import BUILD_ROOM_MIB, ROLE_ROOM_MIB
from pcapra_lab.lab.leftovers import tree_bytes
from pcapra_lab.lab.lifecycle import FIRST_ROOM_MIB
from pcapra_lab.lab.memory import cost_mib, known_machines, residents
from pcapra_lab.lab.states import SAVED_SHARE

STATES_KEPT = 2
"""Saved states that every lab comes to have: prepared and asleep."""
MEMINFO = Path("/proc/meminfo")


def memory(installation: Installation) -> Finding:
    """Memory against each topology's plan, idle labs taken to be parked."""
    paths = installation.paths
    running = residents(paths.labs, str(paths.data), known_machines(installation.daemons))
    free = max(free_memory_mib() - sum(one.growth_mib for one in running), 0)
    idle = [one for one in running if not one.obstacle]
    spare = free + sum(one.cost_mib for one in idle)
    words = _("{free} Mio libres").format(free=free)
    if idle:
        words += _(", {spare} en endormant {lab}").format(
            spare=spare, lab=", ".join(one.lab for one in idle)
        )
    needs = {t.id: cost_mib(t.vms) for t in installation.catalogue.topologies()}
    short = {name: need for name, need in needs.items() if need > spare}
    if not short:
        return Finding(
            Severity.OK,
            _("mémoire"),
            _("{words}, le plus grand laboratoire tient").format(words=words),
        )
    total = total_memory_mib()
    remedy = _("fermez des programmes avant ces leçons")
    if max(short.values()) > total:
        remedy = _("il faut un ordinateur qui a plus de {values} Mio de mémoire").format(
            values=max(short.values())
        )
    listed = ", ".join(
        _("{name} ({need} Mio)").format(name=name, need=need) for name, need in short.items()
    )
    return Finding(
        Severity.BLOCKING if min(needs.values()) > total else Severity.WARNING,
        _("mémoire"),
        _("{words} : trop peu pour {listed}").format(words=words, listed=listed),
        remedy,
        lessons_on(installation.catalogue, short),
    )


def disk(installation: Installation) -> Finding:
    """Disk space against what building the images and making each lab takes."""
    paths, catalogue = installation.paths, installation.catalogue
    building = _building_mib(installation)
    room_images, room_labs = free_disk_mib(paths.images), free_disk_mib(paths.labs)
    if _device(paths.images) == _device(paths.labs):
        room_labs -= building
    built = sum(a.manifest.bytes for a in installation.images.store.all()) // 2**20
    made = tree_bytes(paths.labs) // 2**20
    words = _("{free_disk_mib} Mio libres (images : {built} Mio, laboratoires : {made})").format(
        free_disk_mib=free_disk_mib(paths.images), built=built, made=made
    )
    remedy = _(
        "libérez de la place (pcapra-lab image prune), ou placez tout ailleurs : PCAPRA_HOME"
    )
    if room_images < building:
        return Finding(
            Severity.BLOCKING,
            _("disque"),
            _("{words} : construire les images en demande {building}").format(
                words=words, building=building
            ),
            remedy,
            ALL_LESSONS,
        )
    needs = {t.id: lab_room_mib(t) for t in catalogue.topologies()}
    short = {name: need for name, need in needs.items() if need > room_labs}
    if not short:
        return Finding(Severity.OK, _("disque"), words)
    listed = ", ".join(
        _("{name} ({need} Mio)").format(name=name, need=need) for name, need in short.items()
    )
    rest = (
        _(" une fois les images construites ({building} Mio)").format(building=building)
        if building
        else ""
    )
    return Finding(
        Severity.BLOCKING if len(short) == len(needs) else Severity.WARNING,
        _("disque"),
        _("{words} : trop peu{rest} pour {listed}").format(words=words, rest=rest, listed=listed),
        remedy,
        lessons_on(catalogue, short),
    )


def lab_room_mib(topology: Topology) -> int:
    """Disk that a lab comes to take: what its disks grow by, and its saved memory."""
    guests = sum(vm.memory_mib for vm in topology.vms)
    return FIRST_ROOM_MIB + int(STATES_KEPT * SAVED_SHARE * guests)


def lessons_on(catalogue: Catalogue, topologies: Collection[str]) -> str:
    """The lessons that stand on some topologies, in words."""
    exercises = catalogue.exercises()
    stuck = [exercise for exercise in exercises if exercise.topology in topologies]
    if len(stuck) == len(exercises):
        return ALL_LESSONS
    sizes: dict[str, int] = {}
    for exercise in stuck:
        number = catalogue.module(exercise.lesson.partition("/")[0]).number
        machines = len(catalogue.topology_of(exercise).vms)
        sizes[number] = max(sizes.get(number, 0), machines)
    return ", ".join(
        ngettext(
            "les leçons du module {number} ({count} machine)",
            "les leçons du module {number} ({count} machines)",
            machines,
        ).format(number=number, count=machines)
        for number, machines in sorted(sizes.items())
    )


def total_memory_mib() -> int:
    """The host's memory (proc(5), ``MemTotal``)."""
    for line in MEMINFO.read_text().splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) // 1024
    raise EnvironmentProblem(
        _("{meminfo} n'a pas MemTotal").format(meminfo=MEMINFO), hint=_("montez /proc")
    )


def _building_mib(installation: Installation) -> int:
    """What building asks for, as ``ImageCatalog.build`` does; 0 once everything is built."""
    if installation.images.ready():
        return 0
    missing = 0
    for recipe in installation.images.recipes.images.values():
        try:
            installation.images.image(recipe.id)
        except EnvironmentProblem:
            missing += recipe.parent is not None
    return BUILD_ROOM_MIB + ROLE_ROOM_MIB * missing


def _device(folder: Path) -> int:
    """The file system a folder is on, or will be."""
    while not folder.exists():
        folder = folder.parent
    return folder.stat().st_dev
