"""What the session's workers tell the screens. Posted from threads, handled on the app's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from textual.message import Message

from pcapra_lab.i18n import N_, _

if TYPE_CHECKING:
    from pcapra_lab.content.blocks import FileBlock, LessonDocument
    from pcapra_lab.content.glossary import Lexicon
    from pcapra_lab.errors import LabError
    from pcapra_lab.lab.events import LabEvent
    from pcapra_lab.lab.power import VmPower
    from pcapra_lab.remote.shell import Shell
    from pcapra_lab.session.api import (
        Hint,
        HostSummary,
        LessonCard,
        ModuleCard,
        QuestionView,
        RemoteFile,
        SessionState,
        StepReport,
        TraineeSession,
        WebConsole,
    )
    from pcapra_lab.session.drill_api import DrillView
    from pcapra_lab.session.exam_api import ExamView


class Action(StrEnum):
    """What was being done. ``words`` say it when it fails."""

    OPEN = N_("l'ouverture de la leçon")
    START = N_("la préparation du labo")
    STOP = N_("la mise en sommeil")
    RESET = N_("la réinitialisation")
    REWIND = N_("le retour en arrière")
    CHECK = N_("la vérification")
    WATCH = N_("la vérification continue")
    SOLVE = N_("la solution")
    HINT = N_("l'indice")
    ANSWER = N_("la réponse")
    SHELL = N_("l'ouverture du terminal")
    READ = N_("la lecture du fichier")
    WRITE = N_("l'écriture du fichier")
    HOME = N_("la lecture du parcours")
    HOST = N_("l'examen de cette machine")
    CLOSE = N_("la fermeture de la session")
    FOLLOW = N_("le suivi des machines")
    SEARCH = N_("la recherche")
    WEB = N_("l'ouverture de la console web")
    DRILL = N_("le drill")
    PAUSE = N_("la pause")
    EXAM = N_("la notation de l'examen")
    SURVEY = N_("le contrôle de l'architecture")

    @property
    def words(self) -> str:
        """With their article, for a sentence."""
        return _(self.value)


@dataclass
class ActionFailed(Message):
    """A use case raised. ``vm`` is set when it concerned one machine."""

    action: Action
    error: LabError
    vm: str | None = None


@dataclass
class CourseLoaded(Message):
    """The modules with the trainee's progress, and the lesson to resume."""

    modules: tuple[ModuleCard, ...]
    resume: LessonCard | None


@dataclass
class HostExamined(Message):
    """The machine in a line."""

    summary: HostSummary


@dataclass
class WarmedUp(Message):
    """What a lesson needs is loaded."""


@dataclass
class LessonOpened(Message):
    """A lesson is open: with a session, or for reading only."""

    card: LessonCard
    document: LessonDocument
    session: TraineeSession | None
    lexicon: Lexicon
    state: SessionState | None = None
    """Where the session stands, when there is one."""


@dataclass
class LabProgressed(Message):
    """One event of the lab. A flood is coalesced: only a machine's last one matters."""

    event: LabEvent
    received: float
    """Reading of the interface's clock."""

    def can_replace(self, message: Message) -> bool:
        """Whether ``message``, still queued, is stale."""
        return isinstance(message, LabProgressed) and message.event.vm == self.event.vm


@dataclass
class LabStarted(Message):
    """The lab is up and prepared."""

    state: SessionState


@dataclass
class LabSaved(Message):
    """The machines are on disk; nothing is left running."""


@dataclass
class PowerChanged(Message):
    """A machine stopped, froze or came back by itself. Its last state is the one that matters."""

    vm: str
    power: VmPower
    state: SessionState

    def can_replace(self, message: Message) -> bool:
        """Whether ``message``, still queued, is stale."""
        return isinstance(message, PowerChanged) and message.vm == self.vm


@dataclass
class StepGraded(Message):
    """A step was graded. ``recorded`` unless only the watcher looked."""

    report: StepReport
    state: SessionState
    recorded: bool
    helped: bool = False


@dataclass
class StepPassed(Message):
    """A step has just turned green by the trainee's own work."""


@dataclass
class Paused(Message):
    """The clock stands still; in an exam the machines sleep."""

    state: SessionState


@dataclass
class Resumed(Message):
    """The clock goes on."""

    state: SessionState


@dataclass
class ExamMoved(Message):
    """A step was handed in, or the exam has ended."""

    exam: ExamView
    state: SessionState


@dataclass
class Surveyed(Message):
    """The steps behind were looked at again."""

    state: SessionState


@dataclass
class HintGiven(Message):
    """One more piece of help, recorded as used."""

    step: str
    hint: Hint
    state: SessionState


@dataclass
class HintMoot(Message):
    """The step was passed before its hint could be given: none was taken."""


@dataclass
class QuestionAnswered(Message):
    """A question was answered or given up; it is so now."""

    view: QuestionView


@dataclass
class QuestionRefused(Message):
    """What was given is no answer: nothing was counted."""

    question: str
    error: LabError


@dataclass
class ShellOpened(Message):
    """A shell on ``vm``, to be attached to its pane or closed."""

    vm: str
    shell: Shell


@dataclass
class FileRead(Message):
    """The current content of the file that ``block`` would write."""

    block: FileBlock
    remote: RemoteFile


@dataclass
class FileWritten(Message):
    """``block`` is on its machine."""

    block: FileBlock


@dataclass
class ConsoleOpened(Message):
    """A web console has its address on this host."""

    console: WebConsole
    shown: bool
    """A browser took it."""


@dataclass
class DrillSeen(Message):
    """The current step's drill, as it stands; None when it has none."""

    view: DrillView | None


@dataclass
class SessionClosed(Message):
    """Connections and the lab's lock are released."""
