"""The checks an exercise may declare. Each proves a state of the system, never a typed command."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pcapra_lab.content.base import (
    Duration,
    GuestPath,
    GuestUser,
    Mode,
    RelativePath,
    Slug,
    Strict,
    Text,
    VmName,
)


class Effect(StrEnum):
    """Whether evaluating a check changes the machine."""

    OBSERVE = "observe"
    """Reads only: the watcher may run it as often as it likes."""
    ACT = "act"
    """Triggers, restores or reboots something: runs when the trainee asks, once."""


class BaseCheck(Strict):
    """What all checks have in common. ``title`` and ``hint`` are shown to the trainee."""

    id: Slug
    vm: VmName
    title: Text
    hint: Text
    """Where to look when it fails."""
    expected: Text | None = None
    """What should be seen, in words, where the grader's own wording would not teach."""
    effect: Effect = Effect.OBSERVE
    needs: list[Slug] = []
    """Checks of the same step that must pass first; otherwise this one is skipped."""
    guard: bool = False
    """It holds before the step as well: something the solution must not break. The replay lets
    it pass there, and the linter asks for a mutant that it alone, or it too, must kill."""
    timeout: Duration = "60s"


class CommandCheck(BaseCheck):
    """A command's exit status and output."""

    type: Literal["command"]
    run: list[Text] = Field(min_length=1)
    """The argument vector; no shell is involved."""
    user: GuestUser = GuestUser.ROOT
    env: dict[str, str] = {}
    exit_code: int = 0
    stdout_matches: Text | None = None
    """A regular expression searched in standard output (multi-line mode)."""
    stdout_lacks: Text | None = None


class FileCheck(BaseCheck):
    """A file's existence, type, permissions, owner and text."""

    type: Literal["file"]
    path: GuestPath
    exists: bool = True
    mode_max: Mode | None = None
    """The most permissions allowed: ``"0600"`` accepts ``0600`` and ``0400``."""
    owner: Text | None = None
    group: Text | None = None
    matches: Text | None = None
    lacks: Text | None = None
    secret: bool = False
    """Its text is judged and never shown: a password, a key."""


class FileIdenticalCheck(BaseCheck):
    """A file is byte for byte what the grader planted; its SHA-256 never enters the guest."""

    type: Literal["file_identical"]
    path: GuestPath
    parameter: Slug
    """The parameter whose text, in UTF-8, the file must hold exactly."""


class PackageCheck(BaseCheck):
    """A Debian package is fully installed."""

    type: Literal["package"]
    name: Text


class ScriptCheck(BaseCheck):
    """A Python or shell script of the exercise that runs on the VM and judges.

    It prints one JSON object: ``{"ok": bool, "expected": str, "observed": str}`` with an
    optional ``"hint"``. Anything else (no JSON, a deadline passed) is an ERROR, which never
    counts against the trainee. Parameters arrive as ``PCAPRA_<NAME>`` variables.
    """

    type: Literal["script"]
    run: RelativePath
    user: GuestUser = GuestUser.ROOT
    args: list[str] = []


Check = Annotated[
    CommandCheck | FileCheck | FileIdenticalCheck | PackageCheck | ScriptCheck,
    Field(discriminator="type"),
]
