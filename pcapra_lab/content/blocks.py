"""A lesson once parsed: sections made of blocks, ready for any front to render.

A lesson file is Markdown with YAML front matter. ``## Title {#step-id}`` opens a section;
``step-id`` binds it to the exercise's step of that id. Fences carry attributes:

* ```` ```bash {vm=srv} ```` a command to send (``user=root`` is not a thing: lessons say sudo);
* ```` ```ini {vm=lb1 file=/etc/haproxy/haproxy.cfg mode=0644} ```` a file to write;
* ```` ```text {show} ```` shown only.

In prose, ``[a sentence]{check=id}`` is what asks for the step's check of that id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pcapra_lab.content.models import LessonMeta


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that asks for what some checks prove: a stretch of its block's Markdown."""

    checks: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown between fences, kept as source for the front to render, marks of claims out."""

    markdown: str
    line: int
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandBlock:
    """Commands for one VM's shell. ``key`` is stable while the text is."""

    key: str
    vm: str
    code: str
    line: int
    language: str = "bash"


@dataclass(frozen=True, slots=True)
class FileBlock:
    """A file the trainee may write on a VM, after seeing the difference."""

    key: str
    vm: str
    path: str
    content: str
    line: int
    language: str = "text"
    mode: str = "0644"


@dataclass(frozen=True, slots=True)
class ShowBlock:
    """Code to read, not to send."""

    code: str
    line: int
    language: str = "text"


Block = Prose | CommandBlock | FileBlock | ShowBlock


@dataclass(frozen=True, slots=True)
class Section:
    """One ``##`` section. ``step`` is None for sections that grade nothing."""

    anchor: str
    title: str
    step: str | None
    line: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class LessonDocument:
    """A whole lesson. Text may carry ``{{parameter}}``, filled in by the session."""

    meta: LessonMeta
    path: str
    introduction: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = field(default=())
