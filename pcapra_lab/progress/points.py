"""What a step earns."""

HINT_PERCENT = 20
"""What each hint costs, in percent of the step's points."""


def earned(points: int, hints_used: int, *, helped: bool) -> int:
    """Points earned by a finished step: less for each hint, none once the solution was seen.

    Args:
        points: what the step is worth.
        hints_used: hints taken, the solution not counted.
        helped: the solution was shown or run.
    """
    if helped:
        return 0
    penalty = (points * HINT_PERCENT + 50) // 100
    return max(0, points - hints_used * penalty)
