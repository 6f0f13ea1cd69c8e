"""A course of two modules, without a disk: what the home screen shows and opens."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from fakes_course import LESSON, LEXICON
from fakes_session import FakeSession

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.glossary import Lexicon
from pcapra_lab.content.search import CourseIndex, Hit
from pcapra_lab.errors import LabError
from pcapra_lab.session.api import HostSummary, LessonCard, ModuleCard


@dataclass
class FakeApplication:
    """A course of two modules, of which one lesson has an exercise."""

    session: FakeSession = field(default_factory=FakeSession)
    resumable: bool = True
    open_errors: deque[LabError] = field(default_factory=deque)
    on_open: Callable[[], None] | None = None

    def card(self) -> LessonCard:
        state = self.session.state()
        done = self.session.done
        title = state.steps[done].title if done < len(state.steps) else ""
        return LessonCard(
            "1-sauvegarde",
            "02-borgbackup",
            "1.2",
            "BorgBackup : sauvegarder, restaurer, prouver",
            ready=True,
            level="reel",
            exercise=self.session.exercise.id,
            topology=self.session.topology.id,
            memory_mib=768,
            earned=state.earned,
            total=state.total,
            steps_done=done,
            steps_total=len(state.steps),
            current_step_title=title,
            seconds=self.session.seconds,
            last_used=1.0,
            prepared=True,
        )

    def modules(self) -> tuple[ModuleCard, ...]:
        reading = LessonCard(
            "1-sauvegarde", "01-principes", "1.1", "Principes de la sauvegarde", True, "statique"
        )
        return (
            ModuleCard(
                "1-sauvegarde",
                "1",
                "Sauvegarder et restaurer",
                "Une sauvegarde n'existe que restaurée : chiffrer, automatiser, vérifier.",
                (
                    reading,
                    self.card(),
                    LessonCard("1-sauvegarde", "03-restic", "1.3", "Restic", ready=False),
                ),
            ),
            ModuleCard(
                "2-haute-disponibilite",
                "2",
                "Haute disponibilité",
                "Survivre à la perte d'une machine sans que le client le voie.",
                (
                    LessonCard("2-haute-disponibilite", "01-ha", "2.1", "HAProxy", ready=False),
                    LessonCard("2-haute-disponibilite", "02-vip", "2.2", "Keepalived", ready=False),
                ),
            ),
        )

    def host(self) -> HostSummary:
        return HostSummary("émulation logicielle (TCG)", 12_300, 84_000, images_ready=True)

    def resume(self) -> LessonCard | None:
        return self.card() if self.resumable else None

    def open(self, exercise: str) -> FakeSession:
        if self.open_errors:
            raise self.open_errors.popleft()
        return self.session

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        return LESSON

    def search(self, query: str) -> tuple[Hit, ...]:
        return CourseIndex([("1-sauvegarde", LESSON)]).search(query)

    def lexicon(self) -> Lexicon:
        return LEXICON
