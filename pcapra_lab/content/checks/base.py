"""What all checks have in common."""

from enum import StrEnum

from pcapra_lab.content.base import Duration, Slug, Strict, Text, VmName


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
    priority: int = 0
    """Of checks that failed, the highest is shown first; at the same priority, by ``needs``."""

    def machines(self) -> tuple[str, ...]:
        """The machines it looks at: its own, unless the type says otherwise."""
        return (self.vm,)


def is_pattern(field: str) -> bool:
    """Whether a check's field holds a regular expression: what its name says."""
    return field.endswith(("matches", "lacks"))
