"""The course as the home screen sees it, and the way into a session."""

from functools import cached_property
from pathlib import Path

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.glossary import NO_TERMS, Lexicon
from pcapra_lab.content.models import Exercise, LessonRef, Module
from pcapra_lab.content.search import CourseIndex, Hit
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.host import free_disk_mib, free_memory_mib
from pcapra_lab.lab.lock import Patience
from pcapra_lab.lab.manifest import PREPARED, Manifest
from pcapra_lab.lab.paths import Paths, default_paths
from pcapra_lab.progress.records import StepMark, StepRecord
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.api import HostSummary, LessonCard, ModuleCard
from pcapra_lab.session.bundling import ungraded
from pcapra_lab.session.trainee import LabSession


class LabApplication:
    """``session.api.Application`` on this host."""

    def __init__(self, paths: Paths | None = None, content: Path | None = None) -> None:
        self.installation = Installation(paths or default_paths(), Catalogue.load(content))
        self.installation.paths.create()
        self._index: CourseIndex | None = None
        self._lexicon: Lexicon | None = None

    @cached_property
    def progress(self) -> ProgressStore:
        """What the trainee did. Opened when first read: images and diagnosis do without it."""
        return ProgressStore(self.installation.paths.progress)

    def modules(self) -> tuple[ModuleCard, ...]:
        """See ``Application.modules``."""
        return tuple(
            ModuleCard(
                module.id,
                module.number,
                module.title,
                module.summary,
                tuple(self._card(module, lesson) for lesson in module.lessons),
            )
            for module in self.installation.catalogue.modules()
        )

    def host(self) -> HostSummary:
        """See ``Application.host``."""
        ready = self.installation.images.ready()
        words = _("accélération : mesurée à la première préparation")
        if ready:
            words = self.installation.verdict().words
        disk = free_disk_mib(self.installation.paths.data)
        return HostSummary(words, free_memory_mib(), disk, ready)

    def resume(self) -> LessonCard | None:
        """See ``Application.resume``."""
        point = self.progress.resume()
        if point is None or point.step is None:
            return None
        for module in self.modules():
            for card in module.lessons:
                if card.exercise == point.exercise:
                    return card
        return None

    def open(self, exercise: str, patience: Patience | None = None) -> LabSession:
        """See ``Application.open``.

        Args:
            patience: how to wait for a short command to leave the lab. Without it: do not.
        """
        return LabSession(self.installation, self.progress, exercise, patience=patience)

    def look(self, exercise: str) -> LabSession:
        """A session beside the one that holds the lab: to see its state and open shells."""
        return LabSession(self.installation, self.progress, exercise, exclusive=False)

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        """See ``Application.read_only``."""
        return self.installation.catalogue.lesson(module, lesson)

    def lexicon(self) -> Lexicon:
        """See ``Application.lexicon``."""
        if self._lexicon is None:
            loaded = self.installation.catalogue.loaded_glossary()
            self._lexicon = Lexicon(loaded.model.terms) if loaded else NO_TERMS
        return self._lexicon

    def search(self, query: str) -> tuple[Hit, ...]:
        """See ``Application.search``. The course is read at the first call."""
        if self._index is None:
            catalogue = self.installation.catalogue
            self._index = CourseIndex(
                (module.id, catalogue.lesson(module.id, ref.id))
                for module in catalogue.modules()
                for ref in module.lessons
                if ref.ready
            )
        return self._index.search(query)

    def exercises(self, *, drafts: bool = False) -> tuple[str, ...]:
        """Ids of the exercises of the course; ``drafts``: those being written as well."""
        catalogue = self.installation.catalogue
        return catalogue.exercise_ids() if drafts else catalogue.proved_ids()

    def close(self) -> None:
        """Release the database."""
        if "progress" in self.__dict__:
            self.progress.close()

    def _card(self, module: Module, lesson: LessonRef) -> LessonCard:
        if not lesson.ready:
            return LessonCard(module.id, lesson.id, "", lesson.title, ready=False)
        catalogue = self.installation.catalogue
        meta = catalogue.lesson(module.id, lesson.id).meta
        if meta.exercise is None:
            return LessonCard(
                module.id, lesson.id, meta.number, meta.title, ready=True, level=meta.level.value
            )
        exercise = catalogue.exercise(meta.exercise)
        topology = catalogue.topology_of(exercise)
        records = self.progress.steps(exercise.id)
        done = [s for s in exercise.steps if _finished(records.get(s.id))]
        left = [s for s in exercise.steps if s not in done]
        return LessonCard(
            module=module.id,
            id=lesson.id,
            number=meta.number,
            title=meta.title,
            ready=True,
            level=meta.level.value,
            exercise=exercise.id,
            topology=exercise.topology,
            memory_mib=sum(vm.memory_mib for vm in topology.vms),
            earned=sum(records[s.id].earned(s.points) for s in done),
            total=sum(s.points for s in exercise.steps),
            steps_done=len(done),
            steps_total=len(exercise.steps),
            current_step_title=left[0].title if left else "",
            seconds=sum(r.seconds for r in records.values()),
            last_used=self.progress.last_used(exercise.id),
            prepared=self._prepared(exercise.id),
            ungraded=bool(left) and self._ungraded(exercise),
        )

    def _ungraded(self, exercise: Exercise) -> bool:
        try:
            return ungraded(self.installation, exercise, exercise.id) is not None
        except LabError:
            # Said in full when the lesson is opened.
            return True

    def _prepared(self, exercise: str) -> bool:
        folder = self.installation.paths.labs / exercise
        try:
            return PREPARED in Manifest.load(folder / "lab.json").sets
        except LabError:
            # Said in full when the lesson is opened; a card only loses its promise of speed.
            return False


def _finished(record: StepRecord | None) -> bool:
    return record is not None and record.mark is not StepMark.CURRENT
