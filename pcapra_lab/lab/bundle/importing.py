"""An exported bundle into this installation: for a room without internet."""

import threading
from dataclasses import dataclass

from pcapra_lab.content.bundle import Product
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.bringing import WrongFile, receive, unreadable
from pcapra_lab.lab.bundle.index import Entry
from pcapra_lab.lab.bundle.library import Expected, Held, Library, State
from pcapra_lab.lab.bundle.reading import Brought
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.progress import EventSink


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that an exported bundle brings, and that this installation lacks."""

    held: Held
    entry: Entry

    @property
    def unknown(self) -> bool:
        """Nobody here has fixed its digest: it is the one that comes with it, or none."""
        return self.held.expected is None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """All that an exported bundle brings."""

    files: tuple[Arrival, ...]
    already: tuple[str, ...]
    """Names of what is here already."""
    strangers: tuple[str, ...]
    """Names that the course does not declare: left where they are."""

    @property
    def products(self) -> list[Product]:
        """What the files to be brought belong to."""
        return list({one.held.product.id: one.held.product for one in self.files}.values())


def arrivals(library: Library, source: Brought) -> Arrivals:
    """What there is to bring.

    Raises:
        WrongFile: it brings another file than the course or the trainer wants.
    """
    known = {one.file.name: one for one in library.held()}
    files, already = [], []
    for name, entry in source.index.files.items():
        held = known.get(name)
        if held is None:
            continue
        expected = held.expected
        if expected is not None and entry.sha256 != expected.sha256:
            raise WrongFile(
                _(
                    "{name} : ce n'est pas le fichier attendu, rien n'est importé\n"
                    "  attendu : {expected}\n  apporté : {found}"
                ).format(name=name, expected=expected.sha256, found=entry.sha256),
                hint=_(
                    "refaites l'export ; si c'est bien cette version que vous voulez : "
                    "pcapra-lab bundle pin {name} --sha256 EMPREINTE"
                ).format(name=name),
            )
        if held.state is State.PRESENT:
            already.append(name)
        else:
            files.append(Arrival(held, entry))
    strangers = tuple(name for name in source.index.files if name not in known)
    return Arrivals(tuple(files), tuple(already), strangers)


def bring_in(
    library: Library,
    source: Brought,
    files: Arrivals,
    sink: EventSink,
    cancel: threading.Event,
) -> None:
    """Copy what there is to bring; each file takes its place once it was verified.

    The digest of a file that nobody here had fixed is fixed as it comes: the caller has asked.

    Raises:
        WrongFile: a file is not what its index says; those before it stay.
        EnvironmentProblem: it does not fit.
        Cancelled: ``cancel`` was set.
    """
    needed = sum(one.entry.size for one in files.files) // 2**20 + 1
    if (free := free_disk_mib(library.folder)) < needed:
        raise EnvironmentProblem(
            _("place insuffisante : {needed} Mio à écrire dans {folder}, {free} Mio libres").format(
                needed=needed, folder=library.folder, free=free
            ),
            hint=_("libérez de la place, ou placez le cache ailleurs avec PCAPRA_HOME"),
        )
    for one in files.files:
        name, entry = one.held.file.name, one.entry
        expected = one.held.expected or Expected(entry.sha256, entry.size, by_trainer=True)
        try:
            receive(library, one.held, source.read(name, cancel), entry.size, expected, sink)
        except OSError as error:
            raise unreadable(library.folder / name, error) from error
        if one.unknown:
            library.register.pin(name, entry.sha256, entry.size)
