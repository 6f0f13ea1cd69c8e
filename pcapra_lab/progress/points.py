"""What a step earns."""

HINT_PERCENT = 20
"""What each hint costs, in percent of the step's points."""


WRONG_PERCENT = 20
"""What each wrong answer to a question costs, in percent of the question's share."""


def share(attempts: int, *, shown: bool) -> float:
    """The part of a question's points that its answer earned, between 0 and 1.

    Args:
        attempts: answers given, the right one included.
        shown: its solution was.
    """
    return 0.0 if shown else max(0, 100 - WRONG_PERCENT * (attempts - 1)) / 100


def earned(points: int, hints_used: int, *, helped: bool, worth: int | None = None) -> int:
    """Points earned by a finished step: less for each hint, none once the solution was seen.

    Args:
        points: what the step is worth.
        hints_used: hints taken, the solution not counted.
        helped: the solution was shown or run.
        worth: what a hint's cost is reckoned on, when it is not ``points``.
    """
    if helped:
        return 0
    penalty = ((points if worth is None else worth) * HINT_PERCENT + 50) // 100
    return max(0, points - hints_used * penalty)
