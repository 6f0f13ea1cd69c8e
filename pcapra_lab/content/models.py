"""The course: modules, lessons, exercises, topologies and image recipes."""

from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from pcapra_lab.content.architecture import Architecture
from pcapra_lab.content.base import (
    Duration,
    GuestPath,
    GuestUser,
    RelativePath,
    Slug,
    Strict,
    Text,
    VmName,
)
from pcapra_lab.content.checklist import ChecklistLine
from pcapra_lab.content.checks import Check
from pcapra_lab.content.drill import Drill
from pcapra_lab.content.level import Level
from pcapra_lab.content.planning import Planned, planned_seconds
from pcapra_lab.content.quiz import Question
from pcapra_lab.content.scripts import GuestScript as GuestScript

T = TypeVar("T")
Version = Literal[1]
Address = Annotated[str, StringConstraints(pattern=r"^192\.168\.1\.\d{1,3}$")]


class Objective(Strict):
    """A continuity target for a step, measured from the incident to the first green check."""

    rto: Duration


class Mutant(Strict):
    """A wrong state that looks right. Applied to a solved step, it must turn checks red."""

    id: Slug
    title: Text
    vm: VmName
    script: RelativePath
    args: list[str] = []
    user: GuestUser = GuestUser.ROOT
    killed_by: list[Slug] = Field(min_length=1)


class Alternative(Strict):
    """Another right way. Applied at the step's beginning, it must turn every check green."""

    id: Slug
    title: Text
    solution: list[GuestScript] = Field(min_length=1)


class _Absent(list[Any]):
    """A key that is not written, told from an empty list: only some kinds of step want it."""


class Failcheck(Strict):
    """A state that going on cannot repair: once ``check`` holds, the trainee is offered a way back.

    The check's ``hint`` is what the trainee is told.
    """

    check: Check
    broken_by: GuestScript
    """Applied to the solved step, it makes the check hold: the proof that it is seen."""


class StepKind(StrEnum):
    """How a step is graded."""

    MACHINES = "machines"
    QUIZ = "quiz"
    """By its questions: it needs no machine, and has neither setup, checks nor solution."""


class Step(Strict):
    """One graded step. ``id`` is the anchor of its section in the lesson."""

    id: Slug
    kind: StepKind = StepKind.MACHINES
    title: Text
    points: int = Field(default=10, ge=1, le=100)
    planned: Planned | None = None
    """How long it is meant to take: the trainee's pace. All the steps say it, or none."""
    objective: Objective | None = None
    """How long its checks stay red, measured by the program alone."""
    drill: Drill | None = None
    """A drill that the trainee runs: loss and recovery, against what they declared."""
    setup: list[GuestScript] = []
    """Run once when the trainee reaches the step: the incident, past archives, and so on."""
    checks: list[Check] = Field(default_factory=_Absent, validate_default=True)
    hints: list[Text] = Field(default_factory=_Absent, validate_default=True)
    solution: list[GuestScript] = Field(default_factory=_Absent, validate_default=True)
    mutants: list[Mutant] = []
    alternatives: list[Alternative] = []
    failchecks: list[Failcheck] = []
    questions: list[Question] = Field(default_factory=_Absent, validate_default=True)

    @property
    def is_quiz(self) -> bool:
        """Whether it is graded by its questions."""
        return self.kind is StepKind.QUIZ

    @field_validator("checks", "hints", "solution", "questions", mode="before")
    @classmethod
    def _as_its_kind_wants(cls, value: object, info: ValidationInfo) -> object:
        owner = StepKind.QUIZ if info.field_name == "questions" else StepKind.MACHINES
        if not value and isinstance(value, list) and info.data.get("kind") is owner:
            if isinstance(value, _Absent):
                raise PydanticKnownError("missing")
            context = {"field_type": "List", "min_length": 1, "actual_length": 0}
            raise PydanticKnownError("too_short", context)
        return value

    @field_validator(
        "objective", "drill", "setup", "checks", "solution", "mutants", "alternatives", "failchecks"
    )
    @classmethod
    def _not_of_a_quiz(cls, value: T, info: ValidationInfo) -> T:
        if value and info.data.get("kind") is StepKind.QUIZ:
            raise ValueError("cette clé n'a pas de sens dans un quiz")
        return value

    @field_validator("drill")
    @classmethod
    def _without_objective(cls, value: Drill | None, info: ValidationInfo) -> Drill | None:
        if value is not None and info.data.get("objective") is not None:
            raise ValueError("un drill mesure déjà le RTO : retirez « objective »")
        return value

    @field_validator("questions")
    @classmethod
    def _of_a_quiz(cls, value: list[T], info: ValidationInfo) -> list[T]:
        if value and info.data.get("kind") is StepKind.MACHINES:
            raise ValueError("des questions demandent « kind: quiz »")
        return value


class Settle(Strict):
    """What a restore disturbs on a VM and must hold again before anything is graded.

    A jump of the clock makes cluster daemons doubt their peers for some seconds.
    """

    vm: VmName
    run: list[Text] = Field(min_length=1)
    """A command, run as root until it succeeds."""
    after: Slug | None = None
    """The step that builds it: not awaited before that step is passed."""
    timeout: Duration = "30s"


Parameter = Literal["random-text", "random-name", "random-token"]
"""``random-text``: a few lines of French text, ends with a newline. ``random-name``: a customer's
name as a slug. ``random-token``: 16 lower-case hexadecimal digits."""

Numbers = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=2, max_length=64)
]


class Exercise(Strict):
    """A graded exercise: ``exercises/<id>/exercise.yaml``."""

    schema_version: Version
    id: Slug
    title: Text
    lesson: Text
    """``<module>/<lesson>``, the lesson file without ``.md``."""
    level: Level
    topology: Slug | None = None
    """The machines; an exercise made of quizzes has none."""
    duration: Duration
    depot: list[Slug] = []
    """The depot's groups that it installs from: its proof holds while these stay as they are."""
    bundle: list[Slug] = []
    """The products of the trainer's bundle that its machines get, on a read-only disk. Those of a
    ``reel-bundle`` exercise are all needed; of another, those that are there are attached."""
    parameters: dict[Slug, Parameter] = {}
    numbers: dict[Slug, Numbers] = {}
    """Parameters that are numbers, for formulas: the values one is drawn from."""
    setup: list[GuestScript] = []
    settle: list[Settle] = []
    volatile: list[GuestPath] = []
    """Paths that the prepared machines change by themselves (a database's files): what the
    replay's leak check leaves out."""
    architecture: Architecture | None = None
    """What is to be built, drawn and filling up as probes see it."""
    steps: list[Step] = Field(min_length=1)
    checklist: list[ChecklistLine] = []
    """The PCA/PRA checklist: evaluated from probes of the machines, whatever the step."""

    @property
    def planned(self) -> float | None:
        """Seconds that all the steps are meant to take; None when they do not say."""
        known = [planned_seconds(step.planned) for step in self.steps if step.planned is not None]
        return sum(known) if len(known) == len(self.steps) else None

    @property
    def placeholders(self) -> set[str]:
        """The names that its texts may hold between braces."""
        return {*self.parameters, *self.numbers}


class ExtraDisk(Strict):
    """A blank disk, seen in the guest as ``/dev/disk/by-id/virtio-<id>``."""

    id: Annotated[Slug, StringConstraints(max_length=20)]
    """Also its serial number: virtio-blk keeps 20 bytes of it."""
    size_mib: int = Field(ge=16, le=65536)


class Vm(Strict):
    """One machine of a topology."""

    name: VmName
    title: Text
    """Its role in words: shown on its tab."""
    address: Address
    memory_mib: int = Field(ge=128, le=16384)
    image: Slug = "base"
    disks: list[ExtraDisk] = []


class Topology(Strict):
    """The machines of a lab: ``vm-images/topologies/<id>.yaml``."""

    schema_version: Version
    id: Slug
    title: Text
    vms: list[Vm] = Field(min_length=1, max_length=9)


NO_MACHINES = Topology.model_construct(
    schema_version=1, id="aucune", title="Aucune machine", vms=[]
)
"""Of an exercise made of quizzes only."""


class ImageRecipe(Strict):
    """How an image is built: ``vm-images/images/<id>.yaml``.

    With a ``parent`` it is a role: packages and a script upon a system that exists already.
    """

    schema_version: Version
    id: Slug
    title: Text
    parent: Slug | None = None
    """The image whose system it is built upon; without one, a whole system is made."""
    suite: Literal["bookworm"] = "bookworm"
    packages: list[Text] = Field(min_length=1)
    overlay: RelativePath | None = None
    """A folder whose tree is copied onto the root file system, permissions kept."""
    customize: RelativePath | None = None
    """A shell script run by ``chroot`` in the new system after the packages are configured."""
    size_mib: int = Field(default=4096, ge=512, le=65536)

    @field_validator("suite", "overlay")
    @classmethod
    def _of_a_whole_system(cls, value: str | None, info: ValidationInfo) -> str | None:
        # Run on keys that are written only: pydantic does not validate defaults.
        if value is not None and info.data.get("parent") is not None:
            raise ValueError("cette clé vient de l'image parente : retirez-la")
        return value


class DepotGroup(Strict):
    """Packages that must be installable together. The closure is computed group by group,
    so that packages which conflict may stand in two groups."""

    id: Slug
    packages: list[Text] = Field(min_length=1)


class DepotRecipe(Strict):
    """The offline package depot: ``vm-images/depot.yaml``."""

    schema_version: Version
    image: Slug = "base"
    """The closure is what this image lacks."""
    groups: list[DepotGroup] = Field(min_length=1)


class LessonRef(Strict):
    """A lesson's place in its module."""

    id: Slug
    title: Text
    ready: bool = True
    """False: trainees see it as « en préparation », and its file, if there is one, is a draft."""


class Module(Strict):
    """A module of the course: ``modules/<id>/module.yaml``."""

    schema_version: Version
    id: Slug
    number: str
    title: Text
    summary: Text
    lessons: list[LessonRef] = Field(min_length=1)


class Console(Strict):
    """A web page that a machine serves, opened in the trainee's own browser through SSH."""

    id: Slug
    vm: VmName
    title: Text
    port: int = Field(ge=1, le=65535)
    """Where the machine listens: on its loopback, or on its address."""
    path: Annotated[str, StringConstraints(pattern=r"^/[!-~]*$")] = "/"
    scheme: Literal["http", "https"] = "http"


class LessonMeta(Strict):
    """A lesson's front matter."""

    schema_version: Version
    id: Slug
    number: str
    title: Text
    level: Level
    exercise: Slug | None = None
    duration: Duration
    consoles: list[Console] = []
