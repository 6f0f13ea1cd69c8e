"""What is looked at again of the steps behind. Pure."""

from collections.abc import Collection, Iterator

from pcapra_lab.content.models import Exercise, Step


def surveyed(
    exercise: Exercise, checks: Collection[str], passed: Collection[str]
) -> Iterator[Step]:
    """The steps behind, each with the checks that are asked for and those they need.

    Args:
        exercise: whose steps.
        checks: as ``<step>/<check>``.
        passed: ids of the steps behind.
    """
    for step in exercise.steps:
        wanted = {one.id for one in step.checks if f"{step.id}/{one.id}" in checks}
        if step.id not in passed or not wanted:
            continue
        needed = {one.id: one.needs for one in step.checks}
        waiting = list(wanted)
        while waiting:
            for name in needed[waiting.pop()]:
                if name not in wanted:
                    wanted.add(name)
                    waiting.append(name)
        kept = [one for one in step.checks if one.id in wanted]
        yield step.model_copy(update={"checks": kept, "failchecks": []})
